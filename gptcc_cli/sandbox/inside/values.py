"""Values to and from JSON, inside the box.

Covers the answer of a called function (lossy: a tuple becomes an array) and its arguments.
Does not cover comparison: that is done outside, by those who know the expected value.
"""

import builtins
import json
import marshal
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

MAX_ITEMS = 1_000_000
"""An iterator is drained up to here."""
MAX_DEPTH = 200
"""Arrays in arrays up to here: deeper ones could exhaust the reader's stack."""


class NotJsonError(Exception):
    """A value that JSON can't carry; the message says which."""


def to_json(value: object) -> str:
    """Write a returned value as JSON.

    Tuples, ranges, views, iterators, deques and numpy arrays become arrays, a set becomes
    ``{"__set__": [...]}``, keys become strings as ``json`` writes them.

    Raises:
        NotJsonError: the value, or one in it, can't be carried.
    """
    try:
        return json.dumps(_plain(value, 0), separators=(",", ":"))
    except RecursionError:
        raise NotJsonError("nested too deeply") from None


def from_json(text: str, *, int_keys: bool) -> Any:
    """Read arguments; with ``int_keys``, objects whose keys are all integers get ``int`` keys."""
    if int_keys:
        return json.loads(text, object_pairs_hook=_int_keyed)
    return json.loads(text)


def _plain(value: object, depth: int) -> object:
    if value is None or type(value) in (bool, int, float, str):
        return value
    if depth > MAX_DEPTH:
        raise NotJsonError("nested too deeply")
    if isinstance(value, (list, tuple)):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {_key(key): _plain(item, depth + 1) for key, item in value.items()}
    return _unusual(value, depth)


def _unusual(value: object, depth: int) -> object:
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    if isinstance(value, (set, frozenset)):
        return {"__set__": [_plain(item, depth + 1) for item in _in_order(value)]}
    if callable(listed := getattr(value, "tolist", None)):
        return _plain(listed(), depth + 1)
    if isinstance(value, Iterator) or type(value).__name__ in _DRAINED:
        items = list(islice(iter(value), MAX_ITEMS + 1))  # type: ignore[call-overload]
        if len(items) > MAX_ITEMS:
            raise NotJsonError(f"an iterator of more than {MAX_ITEMS} items")
        return [_plain(item, depth + 1) for item in items]
    raise NotJsonError(f"a value of type {type(value).__name__}")


_DRAINED = frozenset({"range", "dict_keys", "dict_values", "dict_items", "deque"})


def _in_order(values: Any) -> list[Any]:
    try:
        return sorted(values)
    except TypeError:
        return list(values)


def _key(key: object) -> object:
    if key is None or isinstance(key, (bool, int, float, str)):
        return key
    raise NotJsonError(f"a dict key of type {type(key).__name__}")


def _int_keyed(pairs: list[tuple[str, Any]]) -> dict[Any, Any]:
    if pairs and all(key.removeprefix("-").isdecimal() and key.isascii() for key, _ in pairs):
        return {int(key): value for key, value in pairs}
    return dict(pairs)


class NotPlainError(Exception):
    """A value that is not made of built-in types; the message says which."""


class TooLargeError(NotPlainError):
    """A value of built-in types that is too long, or nested too deeply, to be carried."""


def encode(value: object) -> bytes:
    """Write a value for a reader that must not trust the writer.

    Raises:
        NotPlainError: it is not made of plain built-in values, or is nested too deeply.
    """
    try:
        if type(value) is tuple and len(value) == 2 and value[0] == "value":
            short = _SHORT.get(type(value[1]))
            if short is not None:
                return b"v" + bytes(short(value[1]))
        return _encoder.encode(_tagged(value)).encode()
    except RecursionError:
        raise TooLargeError("a value nested too deeply") from None
    except ValueError as error:
        raise NotPlainError(str(error)) from None


def decode(data: bytes) -> Any:
    """Read a value, whoever wrote it.

    Raises:
        NotPlainError: the data is not what ``encode`` writes.
    """
    try:
        if data[:1] == b"v":
            return ("value", _LONG[data[1:2]](data[2:]))
        return _untagged(json.loads(data))
    except _UNREADABLE as error:
        raise NotPlainError(f"unreadable: {error}") from None


class ProgramError(Exception):
    """What the program raised, where it is no exception that a check may handle by its name."""


class StrangeAnswerError(Exception):
    """The program returned something that can't leave its process."""


def reply_of(data: bytes) -> Any:
    """Read a program's reply: a tuple whose first item says what it is.

    Raises:
        StrangeAnswerError: it is none.
    """
    try:
        reply = decode(data)
    except NotPlainError as error:
        raise StrangeAnswerError(str(error)) from None
    if not isinstance(reply, tuple) or not reply:
        raise StrangeAnswerError("no answer")
    return reply


def answer_of(data: bytes) -> Any:
    """Return what a call returned, or raise what it raised.

    Raises:
        Exception: the built-in exception that the program raised, or ``ProgramError``.
        StrangeAnswerError: it returned what can't leave its process.
    """
    return answer_from(*reply_of(data))


def answer_from(kind: object, *content: object) -> Any:
    """Return what the parts of a reply say was returned, or raise what they say was raised."""
    if kind == "value" and len(content) == 1:
        return content[0]
    if kind == "raise" and len(content) == 2:
        raise _exception(*content)
    raise StrangeAnswerError(str(content)[:200])


def encode_reply(reply: tuple[Any, ...]) -> bytes:
    """Write a program's reply; what can't leave its process is told in words."""
    try:
        return encode(reply)
    except NotPlainError as error:
        return encode(("odd", str(error)))


_ENDS_ITERATION = (StopIteration, StopAsyncIteration)
"""These would end a check's own loop, such as ``all(map(...))``, as if it had passed."""


def _exception(name: object, message: object) -> Exception:
    kind = getattr(builtins, str(name), None)
    if (
        isinstance(kind, type)
        and issubclass(kind, Exception)
        and not issubclass(kind, _ENDS_ITERATION)
    ):
        try:
            return kind(message)
        except TypeError:
            pass
    return ProgramError(f"{name}: {message}")


def encode_for_program(value: object, reference_to: Callable[[Any], Any] | None = None) -> bytes:
    """Write a value for a program's process, which may trust the check's.

    Args:
        value: plain built-in values, or whatever ``pickle`` can carry.
        reference_to: returns what to send in place of a function of the check, else ``None``.

    Raises:
        TooLargeError: it is nested too deeply.
        NotPlainError: it holds something that can't leave its process.
    """
    if _is_exact(value, 0):
        return b"m" + marshal.dumps(value)  # type: ignore[arg-type]
    # Imported here, since few checks pass anything but built-in values.
    import io
    from _pickle import Pickler

    class _Writer(Pickler):
        def persistent_id(self, item: Any) -> Any:
            return reference_to(item) if reference_to is not None else None

    data = io.BytesIO()
    try:
        _Writer(data).dump(value)
    except RecursionError:
        raise TooLargeError("a value nested too deeply") from None
    except Exception as error:
        raise NotPlainError(f"a value that can't be carried: {error}") from None
    return b"p" + data.getvalue()


def decode_in_program(data: bytes, resolve: Callable[[Any], Any] | None = None) -> Any:
    """Read what ``encode_for_program`` wrote; ``resolve`` makes functions of references."""
    if data[:1] == b"m":
        return marshal.loads(data[1:])
    import io
    from _pickle import Unpickler

    class _Reader(Unpickler):
        def persistent_load(self, reference: Any) -> Any:
            return resolve(reference) if resolve is not None else None

    return _Reader(io.BytesIO(data[1:])).load()


_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""What data that ``encode`` did not write may make its reader raise."""
_encoder = json.JSONEncoder(separators=(",", ":"))
_DEEPEST = 100
_SCALARS = frozenset({type(None), bool, int, float, str, bytes, complex})
_SEQUENCES = frozenset({list, tuple, set, frozenset})
_SHORT: dict[type, Any] = {
    int: lambda value: b"i%d" % value,
    str: lambda value: b"s" + value.encode("utf-8", "surrogatepass"),
    bool: lambda value: b"b1" if value else b"b",
    type(None): lambda _: b"n",
}
_LONG: dict[bytes, Any] = {
    b"i": int,
    b"s": lambda data: data.decode("utf-8", "surrogatepass"),
    b"b": bool,
    b"n": lambda _: None,
}


def _is_exact(value: Any, depth: int) -> bool:
    """Say whether a value is made of built-in types themselves, as ``marshal`` needs it."""
    kind = type(value)
    if kind in _SCALARS:
        return True
    if depth > _DEEPEST:
        return False
    if kind in _SEQUENCES:
        return all(_is_exact(item, depth + 1) for item in value)
    return kind is dict and all(
        _is_exact(key, depth + 1) and _is_exact(item, depth + 1) for key, item in value.items()
    )


def _tagged(value: Any) -> object:
    kind: Any = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if kind is list:
        return [_tagged(item) for item in value]
    if kind in _LETTER_OF_SEQUENCE:
        return {_LETTER_OF_SEQUENCE[kind]: [_tagged(item) for item in value]}
    if kind in (bytes, bytearray):
        return {"b" if kind is bytes else "y": value.decode("latin-1")}
    if kind is complex:
        return {"c": [value.real, value.imag]}
    if isinstance(value, dict):
        return {"d": [[_tagged(key), _tagged(item)] for key, item in value.items()]}
    return _tagged_of_base(value)


def _tagged_of_base(value: Any) -> object:
    """Write an instance of a subclass of a built-in type as that type."""
    for base in _BASES:
        if isinstance(value, base):
            return _tagged(base(value))
    if isinstance(value, range) or type(value).__name__ in ("dict_keys", "dict_values"):
        return _tagged(list(value))
    item = getattr(value, "tolist", None)
    if callable(item) and type(value).__module__ == "numpy":
        return _tagged(item())
    raise NotPlainError(f"a value of type {type(value).__name__}")


_BASES: tuple[Any, ...] = (int, float, str, list, tuple, set, frozenset)
_LETTER_OF_SEQUENCE: dict[Any, str] = {tuple: "t", set: "s", frozenset: "z"}
_SEQUENCE_OF_LETTER: dict[str, Any] = {"t": tuple, "s": set, "z": frozenset}


def _untagged(value: Any) -> Any:
    if isinstance(value, list):
        return [_untagged(item) for item in value]
    if not isinstance(value, dict):
        return value
    ((letter, content),) = value.items()
    if letter in _SEQUENCE_OF_LETTER:
        return _SEQUENCE_OF_LETTER[letter](_untagged(item) for item in content)
    if letter == "d":
        return {_untagged(key): _untagged(item) for key, item in content}
    if letter == "c":
        return complex(*content)
    data = content.encode("latin-1")
    return data if letter == "b" else bytearray(data)

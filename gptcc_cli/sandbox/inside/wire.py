"""Values between a check and the program it checks, each in a process of its own.

Faithful for the built-in types that ``==`` can compare, and for nothing else: what arrives is
always a plain built-in value, so no object of the program can lie about being equal. JSON, not
pickle or marshal, since the reader must not trust the writer.
"""

import json
from typing import Any


class NotPlainError(Exception):
    """A value that is not made of built-in types; the message says which."""


def encode(value: object) -> bytes:
    """Write a value.

    Raises:
        NotPlainError: it is not made of plain built-in values, or is nested too deeply.
    """
    try:
        return json.dumps(_tagged(value), separators=(",", ":")).encode()
    except RecursionError:
        raise NotPlainError("a value nested too deeply") from None


def decode(data: bytes) -> Any:
    """Read a value.

    Raises:
        NotPlainError: the data is not what ``encode`` writes.
    """
    try:
        return _untagged(json.loads(data))
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError) as error:
        raise NotPlainError(f"unreadable: {error}") from None


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

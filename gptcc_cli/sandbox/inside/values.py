"""Values to and from JSON, inside the box.

Covers the answer of a called function (lossy: a tuple becomes an array) and its arguments.
Does not cover comparison: that is done outside, by those who know the expected value.
"""

import json
from collections.abc import Iterator
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

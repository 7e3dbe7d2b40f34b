"""A returned value against the expected one.

The actual is made comparable one level at a time (a tuple is a list, keys are JSON strings, an
iterator is drained), the expected is taken as it is. Nothing recurses with the depth of a value
except the matching of unordered collections.
"""

import json
import math
import re
from collections import deque
from collections.abc import ItemsView, Iterable, Iterator, KeysView, ValuesView
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice, zip_longest
from typing import Any, TypeAlias

from gptcc_cli.checkers.matching import (
    CANONICAL_DIGITS,
    MOST_WORK,
    TooMuchWorkError,
    Work,
    close_values,
    difference,
    digest,
)
from gptcc_cli.checkers.rules import TOO_MUCH_WORK, CheckerRules, Comparison
from gptcc_cli.problem import Json, Order

MOST_ITEMS = 1_000_000
"""An iterator is drained so far and no further."""

MOST_INT_DIGITS = 4300
"""A longer integer of a program is read as a ``Decimal``."""

SET_TAG = "__set__"
"""A set travels through JSON as ``{"__set__": [...]}``."""

_LONG_INTEGER = re.compile(rf"(?<!\d)\d{{{MOST_INT_DIGITS + 1}}}")
_PLAIN = frozenset({bool, int, float, str, type(None)})
_Path: TypeAlias = "tuple[_Path, int | str] | None"
_SHOWN = 60


class Uncomparable(ValueError):
    """A value that no expected value can equal; the message says why."""


@dataclass(frozen=True, slots=True)
class Unordered:
    """The items of a set: equal to a list only where order does not count."""

    items: list[Any]


@dataclass(frozen=True, slots=True)
class _Difference:
    path: _Path
    expected: str
    actual: str

    def __str__(self) -> str:
        place = _show_path(self.path)
        return f"{place}expected {self.expected}, got {self.actual}"


def decode_answer(text: str) -> object:
    """Read a returned value from JSON.

    Args:
        text: what the sandbox passed on. Sets are tagged; integers may have any length.

    Raises:
        Uncomparable: it is not JSON, is nested too deeply, or has two equal keys.
    """
    # Reading very long integers takes quadratic time; a Decimal compares them as exactly.
    parse_int = _integer if _LONG_INTEGER.search(text) else None
    try:
        return json.loads(text, object_pairs_hook=_decode_object, parse_int=parse_int)
    except json.JSONDecodeError as error:
        raise Uncomparable(f"not JSON: {error.msg}") from error
    except RecursionError as error:
        raise Uncomparable("a value nested too deeply") from error


def compare_value(expected: Json, actual: object, rules: CheckerRules) -> Comparison:
    """Compare what a function returned with what it should return.

    Args:
        expected: the expected value.
        actual: the value returned: JSON values, and any tuple, set, view or iterator.
        rules: the problem's rules. Case and layout mean nothing here.
    """
    try:
        actual = _open(actual)
        found = _first_difference(expected, actual, rules)
        if found is None:
            return Comparison(matches=True)
        undecided = (
            rules.order_is_read
            and rules.order is not Order.EXACT
            and _first_difference(expected, actual, rules, every_list=True) is None
        )
        return Comparison(matches=False, undecided=undecided, detail=str(found))
    except Uncomparable as error:
        return Comparison(matches=False, detail=f"got {error}")
    except RecursionError:
        return Comparison(matches=False, detail="got a value nested too deeply")
    except TooMuchWorkError:
        return Comparison(matches=False, undecided=True, detail=TOO_MUCH_WORK)


def compare_answer(expected: Json, answer_json: str, rules: CheckerRules) -> Comparison:
    """Compare a value that came as JSON with what should have come.

    Args:
        expected: the expected value.
        answer_json: what the sandbox passed on, see ``decode_answer``.
        rules: the problem's rules.
    """
    try:
        actual = decode_answer(answer_json)
    except Uncomparable as error:
        return Comparison(matches=False, detail=f"got {error}")
    try:
        # What Python calls equal is equal by every rule, and this is the common case.
        if expected == actual:
            return Comparison(matches=True)
    except RecursionError:
        pass
    return compare_value(expected, actual, rules)


def _first_difference(
    expected: Json, actual: object, rules: CheckerRules, *, every_list: bool = False
) -> _Difference | None:
    """The first difference, looking inside the wrapper where values are wrapped."""
    comparing = _Comparing(rules, every_list=every_list)
    found = comparing.difference(expected, actual)
    if found is None or not (rules.wrapped and isinstance(expected, list) and len(expected) == 1):
        return found
    found = comparing.difference(expected[0], actual)
    if found is not None and isinstance(actual, list) and len(actual) == 1:
        return comparing.difference(expected[0], actual[0]) and found
    return found


def _decode_object(pairs: list[tuple[str, Any]]) -> object:
    if len(pairs) == 1 and pairs[0][0] == SET_TAG and isinstance(pairs[0][1], list):
        return Unordered(pairs[0][1])
    return _unique_keys(pairs)


def _unique_keys(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise Uncomparable(f"two keys that are both {_show(key)} in JSON")
        result[key] = value
    return result


def _open(value: object) -> object:
    """Make one level of a value comparable; what is not known stays as it is."""
    if value is None or isinstance(value, bool | int | float | str | list | Decimal | Unordered):
        return value
    if isinstance(value, dict):
        return _unique_keys((_json_key(key), item) for key, item in value.items())
    if isinstance(value, set | frozenset):
        return Unordered(list(value))
    if hasattr(value, "tolist"):
        return _open(value.tolist())
    if isinstance(value, tuple | range | deque | KeysView | ValuesView | ItemsView | Iterator):
        items = list(islice(value, MOST_ITEMS + 1))
        if len(items) > MOST_ITEMS:
            raise Uncomparable(f"more than {MOST_ITEMS} items")
        return items
    return value


def _json_key(key: object) -> str:
    """A key as ``json`` writes it: ``True`` is ``true``."""
    if isinstance(key, str):
        return key
    if key is None or isinstance(key, bool | int | float):
        try:
            return json.dumps(key)
        except ValueError as error:
            raise Uncomparable("a key of more than 4300 digits") from error
    raise Uncomparable(f"a key of type {type(key).__name__}, which JSON has not")


class _Comparing:
    """One comparison of two values.

    Where order does not count, the elements of the outermost list and of every set may be
    exchanged; inner lists keep their order.
    """

    def __init__(self, rules: CheckerRules, *, every_list: bool = False) -> None:
        self._rules = rules
        self._every_list = every_list
        self._any_order = rules.order is not Order.EXACT
        self._work = Work()

    def difference(self, expected: Json, actual: object) -> _Difference | None:
        """The first difference in reading order, or ``None``."""
        if self._any_order:
            n_parts = _size_of_both(expected, actual)
            if n_parts is None:
                return _Difference(None, _show(expected), _show(actual))
            self._work = Work(MOST_WORK + 4 * n_parts)
        return self._difference(expected, actual)

    def _difference(
        self, expected: Json, actual: object, *, nested: bool = False
    ) -> _Difference | None:
        pending: list[tuple[_Path, Any, Any]] = [(None, expected, actual)]
        while pending:
            path, wanted, got = pending.pop()
            got = _open(got)
            if nested:
                self._work.spend(1 + (len(wanted) if isinstance(wanted, list | dict) else 0))
            if isinstance(wanted, list | tuple):
                items = self._exchangeable(wanted, got, is_top=path is None and not nested)
                if items is not None:
                    found = self._difference_in_any_order(path, list(wanted), items)
                    if found is not None:
                        return found
                    continue
                is_alike = isinstance(got, list) and len(got) == len(wanted)
                keys: Iterable[Any] = range(len(wanted) - 1, -1, -1)
            elif isinstance(wanted, dict):
                is_alike = isinstance(got, dict) and got.keys() == wanted.keys()
                keys = reversed(wanted)
            else:
                is_alike = _same_scalar(wanted, got, self._rules.tolerance)
                keys = ()
            if not is_alike:
                return _Difference(path, _show(wanted), _show(got))
            pending.extend(_children(path, keys, wanted, got, self._rules))
        return None

    def _exchangeable(self, wanted: Any, got: object, *, is_top: bool) -> list[Any] | None:
        """The actual items, if they may come in any order."""
        if not self._any_order:
            return None
        if isinstance(got, Unordered):
            return got.items
        # A pair of a number and a list is no collection: its parts are not of one kind.
        is_collection = len({isinstance(item, list | dict) for item in wanted}) < 2
        top = is_top and (is_collection or not self._rules.order_is_read)
        return got if isinstance(got, list) and (top or self._every_list) else None

    def _difference_in_any_order(
        self, path: _Path, expected: list[Any], actual: list[Any]
    ) -> _Difference | None:
        """What is missing or too much when the elements may come in any order."""

        def equal(left: Any, right: Any) -> bool:
            return self._difference(left, right, nested=True) is None

        kinds = {*map(type, expected), *map(type, actual)}
        key = _itself if kinds in ({int}, {str}) else _loose_key if self._every_list else _key
        found = difference(
            expected, actual, equal=equal, key=key, order=key, sorting_decides=kinds <= {int, float}
        )
        if found is None:
            return None
        one, other = (_show(items[0]) if items else "nothing" for items in found)
        return _Difference(path, f"{one} (in any order)", other)


def _size_of_both(expected: Json, actual: object) -> int | None:
    """Count the parts of two values; ``None``: one has more, so that nothing can pair all of them.

    Looks at no more parts of the actual value than the expected one has.
    """
    n_parts = 0
    try:
        for one, other in zip_longest(_parts(expected), _parts(actual)):
            if one is None or other is None:
                return None
            n_parts += 1
    except Uncomparable:
        pass
    return n_parts


def _parts(value: object) -> Iterator[bool]:
    """Yield something for each value inside a value, and for itself.

    Raises:
        Uncomparable: something in it is not read from JSON, so that its parts are unknown.
    """
    pending: list[Iterator[Any]] = [iter((value,))]
    while pending:
        for item in pending[-1]:
            yield True
            if isinstance(item, list | tuple | dict | Unordered):
                items = item.items if isinstance(item, Unordered) else item
                pending.append(iter(items.values() if isinstance(items, dict) else items))
                break
            if not (item is None or isinstance(item, bool | int | float | str | Decimal)):
                raise Uncomparable(type(item).__name__)
        else:
            pending.pop()


def _children(
    path: _Path, keys: Iterable[Any], wanted: Any, got: Any, rules: CheckerRules
) -> Iterator[tuple[_Path, Any, Any]]:
    """What stands below two collections, without the plain values that are equal."""
    for key in keys:
        left, right = wanted[key], got[key]
        plain = type(left) in _PLAIN and type(right) in _PLAIN
        if not (plain and _same_scalar(left, right, rules.tolerance)):
            yield (path, key), left, right


def _same_scalar(expected: Json, actual: object, tolerance: float) -> bool:
    """Whether two plain values are equal: a bool is an int, an int is exact, a float is close."""
    if expected is None:
        return actual is None
    if isinstance(expected, str):
        return isinstance(actual, str) and expected == actual
    if not isinstance(actual, bool | int | float | Decimal):
        return False
    if isinstance(expected, float):
        return close_values(expected, actual, tolerance)
    return expected == actual


def _itself(value: Any) -> Any:
    return value


def _integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= MOST_INT_DIGITS else Decimal(digits)


def _key(value: object, *, every_list: bool = False) -> tuple[int, float, Any]:
    """A sorting key: equal for equal values, and in numeric order for numbers.

    Its size is that of the value, and equal first items have thirds that can be compared.
    """
    value = _open(value)
    if isinstance(value, bool | int | float | Decimal):
        return (0, *_number_key(value))
    if isinstance(value, str):
        return (1, 0.0, value)
    if isinstance(value, list):
        keys = [_key(item, every_list=every_list) for item in value]
        return (2, float(len(value)), tuple(sorted(keys) if every_list else keys))
    if isinstance(value, dict):
        pairs = ((name, _key(value[name], every_list=every_list)) for name in sorted(value))
        return (3, float(len(value)), tuple(pairs))
    if isinstance(value, Unordered):
        keys = sorted(_key(item, every_list=every_list) for item in value.items)
        return (4 if not every_list else 2, float(len(keys)), tuple(keys))
    return (5, 0.0, type(value).__name__)


def _loose_key(value: object) -> tuple[int, float, Any]:
    return _key(value, every_list=True)


def _number_key(value: float | Decimal) -> tuple[float, str]:
    """Equal for equal numbers of any type: 3, 3.0 and True's 1 are what they are."""
    try:
        size = float(value)
    except OverflowError:
        size = math.inf if value > 0 else -math.inf
    if isinstance(value, float) and not value.is_integer():
        return (0.0, "nan") if math.isnan(value) else (size, "")
    if math.isinf(size):
        return (size, str(Decimal(value)))
    return (size, f"{int(value):x}")


def _show_path(path: _Path) -> str:
    """``at [2]['name']: ``, or nothing at the top; the middle of a long path is left out."""
    keys: list[int | str] = []
    while path is not None:
        path, key = path
        keys.append(key)
    if not keys:
        return ""
    parts = [f"[{_show(key)}]" for key in reversed(keys)]
    if len(parts) > 8:
        parts[4:-4] = ["…"]
    return f"at {''.join(parts)}: "


def _show(value: object, depth: int = 4) -> str:
    """Write a value in a few words, whatever its size and depth; integers stay unconverted."""
    if isinstance(value, Decimal):
        text = f"an integer of {len(value.as_tuple().digits)} digits"
    elif isinstance(value, int) and value.bit_length() > 200:
        text = f"an integer of about {int(value.bit_length() * math.log10(2)) + 1} digits"
    elif isinstance(value, str):
        text = repr(value[:_SHOWN])
    elif isinstance(value, list | tuple | Unordered | dict):
        text = _show_items(value, depth)
    elif value is None or isinstance(value, bool | int | float):
        text = repr(value)
    else:
        text = f"a value of type {type(value).__name__}"
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _show_items(value: Any, depth: int) -> str:
    marks = "[]" if isinstance(value, list | tuple) else "{}"
    items = value.items if isinstance(value, Unordered) else value
    if depth == 0:
        return marks[0] + "…" + marks[1]
    shown = [
        f"{_show(item)}: {_show(items[item], depth - 1)}"
        if isinstance(items, dict)
        else _show(item, depth - 1)
        for item in islice(items, 8)
    ]
    return marks[0] + ", ".join(shown + ["…"] * (len(items) > 8)) + marks[1]


def answer_form(answer_json: str, rules: CheckerRules) -> str:
    """A digest of what a function returned.

    Args:
        answer_json: the value as the sandbox passed it on.
        rules: the problem's rules.
    """
    try:
        value = decode_answer(answer_json)
        if rules.order is not Order.EXACT and isinstance(value, list | Unordered):
            items = value.items if isinstance(value, Unordered) else value
            return digest("\n".join(sorted(map(_canonical, items))).encode())
        return digest(_canonical(value).encode(errors="replace"))
    except (Uncomparable, RecursionError) as error:
        return digest(f"{type(error).__name__} {len(answer_json)}".encode())


def _canonical(value: object) -> str:
    """A value as text: a whole float is an integer, as Python's ``==`` has it."""
    if isinstance(value, list):
        return f"[{','.join(map(_canonical, value))}]"
    if isinstance(value, dict):
        return f"{{{','.join(f'{json.dumps(k)}:{_canonical(value[k])}' for k in sorted(value))}}}"
    if isinstance(value, Unordered):
        return f"<{','.join(sorted(map(_canonical, value.items)))}>"
    if isinstance(value, bool | int):
        return f"{int(value):x}"
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < 1e15
        return f"{int(value):x}" if whole else f"{value:.{CANONICAL_DIGITS}g}"
    return str(value) if isinstance(value, Decimal) else json.dumps(value)

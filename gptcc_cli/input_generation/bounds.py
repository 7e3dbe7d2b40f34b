r"""Statement -> the ranges it states, such as ``1 <= n <= 10^5``.

Covers chains of comparisons (``<``, ``<=``, the signs, LaTeX's ``\le``), "between 1 and 100", and
the ways numbers are written in statements: ``10^5``, ``2 \cdot 10^5``, ``10**9``, ``1e9``,
``2^{31}-1``, ``100,000``. A range that holds a name beside its own (``a_i <= n``) is no range of
numbers and is left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_NUMBER: Final = (
    r"-?(?:\d{1,4}\s?(?:\*|\\cdot|\\times|[x×·⋅])\s?)?"
    r"(?:\d{1,3}(?:[,  ]\d{3})+|\d{1,20}(?:\.\d{1,6})?)"
    r"(?:e\d{1,2}|\s?(?:\^|\*\*)\s?\{?\d{1,3}\}?)?(?:\s?-\s?1)?"
)
_LESS: Final = r"(?:<=|≤|≦|\\leq?q?(?:slant)?|<|&lt;=?|\\lt)"
_CHAIN: Final = re.compile(
    rf"({_NUMBER})\s{{0,3}}\$?({_LESS})\s{{0,3}}([^<>≤≦\n]{{1,60}}?)\s{{0,3}}({_LESS})\s{{0,3}}\$?({_NUMBER})"
)
_BETWEEN: Final = re.compile(
    rf"\b(?:between|from|range)\s{{1,3}}\$?({_NUMBER})\$?\s{{1,3}}(?:and|to)\s{{1,3}}\$?({_NUMBER})"
)
_NAME: Final = re.compile(r"[A-Za-z]\w{0,40}")
_NOISE: Final = frozenset({"text", "mathrm", "it", "len", "length", "size", "ldots", "dots"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Numbers from one to another, both included."""

    names: frozenset[str]
    """The names it was stated of; empty if there were none."""
    least: float
    most: float
    is_length: bool
    """Whether it is about a length."""

    def holds(self, values: tuple[float, ...]) -> bool:
        """Whether all values lie in it."""
        return all(self.least <= value <= self.most for value in values)


def stated_ranges(statement: str) -> tuple[Range, ...]:
    """Return the ranges a statement states, in its order."""
    return tuple(_ranges(statement))


def _ranges(statement: str) -> Iterator[Range]:
    for match in _CHAIN.finditer(statement):
        least, most = _value(match[1]), _value(match[5])
        if least is None or most is None:
            continue
        least += match[2] in ("<", "&lt;", "\\lt")
        most -= match[4] in ("<", "&lt;", "\\lt")
        if least <= most:
            words = frozenset(_NAME.findall(match[3]))
            is_length = bool({"len", "length", "size"} & words) or "|" in match[3]
            yield Range(names=words - _NOISE, least=least, most=most, is_length=is_length)
    for match in _BETWEEN.finditer(statement):
        least, most = _value(match[1]), _value(match[2])
        if least is not None and most is not None and least <= most:
            yield Range(names=frozenset(), least=least, most=most, is_length=False)


def _value(text: str) -> float | None:
    """The number a statement writes; ``None`` if it is none after all."""
    text = re.sub(r"[,\s{}  ]", "", text)
    text = re.sub(r"\\cdot|\\times|[x×·⋅]", "*", text).replace("**", "^")
    total = 1.0
    match = re.fullmatch(r"(-?)(?:(\d+)\*)?(\d+(?:\.\d+)?(?:e\d+)?)(?:\^(\d+))?(-1)?", text)
    if match is None:
        return None
    total = float(match[3])
    if match[4]:
        if total > 1000 or int(match[4]) > 100:
            return None
        total **= int(match[4])
    total *= int(match[2] or 1)
    return (-total if match[1] else total) - bool(match[5])

"""Time and memory limits that a statement names.

Covers ``Time limit: 2 seconds``, ``time limit per test 1.5 s``, ``Memory Limit (MB) 256``, in
English and Russian, with units. A number without a unit is no limit. Covers nothing else that a
statement calls a limit.
"""

import re

_WINDOW = 90
"""Characters after the words in which the number must stand."""


def read_time_limit(statement: str) -> float | None:
    """Return the seconds a test may take, or ``None`` if the statement names none."""
    found = _limit(statement, _TIME_WORDS, _TIME)
    if found is None:
        return None
    number, unit = found
    seconds = number * _SECONDS.get(unit[:2], 1.0)
    return seconds if 0 < seconds <= _LONGEST_S else None


def read_memory_limit(statement: str) -> int | None:
    """Return the bytes a program may use, or ``None`` if the statement names none.

    A megabyte is 2**20 bytes, as judges count.
    """
    found = _limit(statement, _MEMORY_WORDS, _MEMORY)
    if found is None:
        return None
    number, unit = found
    size = round(number * _BYTES[unit[0]])
    return size if size >= _SMALLEST_BYTES else None


def _limit(
    statement: str, words: tuple[str, ...], pattern: re.Pattern[str]
) -> tuple[float, str] | None:
    """Return the first number with a unit that stands after the words."""
    for place in _after(statement, words):
        match = pattern.search(place)
        if match:
            number = match.group("number") or match.group("below")
            unit = match.group("unit") or match.group("column")
            return float(number.replace(",", ".")), unit
    return None


def _after(statement: str, words: tuple[str, ...]) -> list[str]:
    """Return what stands after the first few places where the words occur."""
    text = statement.lower()
    places = []
    for word in words:
        at = -1
        for _ in range(_MOST):
            at = text.find(word, at + 1)
            if at < 0:
                break
            places.append(text[at + len(word) : at + len(word) + _WINDOW])
    return places


_MOST = 20
_LONGEST_S = 600.0
_SMALLEST_BYTES = 1 << 20
_TIME_WORDS = (
    "time limit", "time-limit", "timelimit", "time_limit", "ограничение по времени",
    "ограничение времени", "лимит времени", "ліміт часу",
)  # fmt: skip
_MEMORY_WORDS = (
    "memory limit", "memory-limit", "memorylimit", "memory_limit", "ограничение по памяти",
    "ограничение памяти", "лимит памяти", "ліміт пам",
)  # fmt: skip
_NUMBER = r"(?P<number>\d{1,9}(?:[.,]\d{1,3})?)"
_SECOND_UNIT = (
    r"milliseconds?|msecs?|ms|seconds?|secs?|s|minutes?|mins?|секунд[аы]?|сек|мс|минут[аы]?|мин|с"
)
_TIME = re.compile(
    rf"^[^\d(]{{0,60}}(?:{_NUMBER}[ \t]{{0,3}}(?P<unit>{_SECOND_UNIT})\b"
    rf"|\((?P<column>{_SECOND_UNIT})\)[^\d]{{0,20}}(?P<below>\d{{1,9}}(?:[.,]\d{{1,3}})?))"
)
_SECONDS = {"ms": 1e-3, "mi": 60.0, "мс": 1e-3, "ми": 60.0}
_BYTE_UNIT = (
    r"gigabytes?|megabytes?|kilobytes?|gib|mib|kib|gb|mb|kb|bytes?|"
    r"гигабайт\w*|мегабайт\w*|килобайт\w*|мбайт|кбайт|гб|мб|кб|байт\w*"
)
_MEMORY = re.compile(
    rf"^[^\d(]{{0,60}}(?:{_NUMBER}[ \t]{{0,3}}(?P<unit>{_BYTE_UNIT})\b"
    rf"|\((?P<column>{_BYTE_UNIT})\)[^\d]{{0,20}}(?P<below>\d{{1,9}}(?:[.,]\d{{1,3}})?))"
)
_BYTES = {
    "g": 1 << 30, "m": 1 << 20, "k": 1 << 10, "b": 1,
    "г": 1 << 30, "м": 1 << 20, "к": 1 << 10, "б": 1,
}  # fmt: skip

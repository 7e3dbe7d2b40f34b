"""Time and memory limits that a statement names.

Covers ``Time limit: 2 seconds``, ``time limit per test 1.5 s``, ``Memory limit: 256 MB``, in
English and Russian, with units. Covers nothing else that a statement calls a limit.
"""

import re


def read_time_limit(statement: str) -> float | None:
    """Return the seconds a test may take, or ``None`` if the statement names none."""
    match = _TIME.search(statement)
    if match is None:
        return None
    seconds = float(match.group(1).replace(",", ".")) * _SECONDS[match.group(2).lower()[:2]]
    return seconds if 0 < seconds <= _LONGEST_S else None


def read_memory_limit(statement: str) -> int | None:
    """Return the bytes a program may use, or ``None`` if the statement names none."""
    match = _MEMORY.search(statement)
    if match is None:
        return None
    size = float(match.group(1).replace(",", ".")) * _BYTES[match.group(2).lower()[:1]]
    return round(size) if size >= _SMALLEST_BYTES else None


_LONGEST_S = 600.0
_SMALLEST_BYTES = 1 << 20
_BETWEEN = r"(?:[^\n\d]{0,40}\n?){1,2}?[^\n\d]{0,20}?"
_VALUE = r"(\d{1,9}(?:[.,]\d{1,3})?)\s{0,3}"
_TIME = re.compile(
    rf"(?i)\b(?:time[ _-]?limits?|cpu time limit|ограничение (?:по )?времени|"
    rf"ограничение времени|лимит времени){_BETWEEN}{_VALUE}"
    rf"(milliseconds?|msec|ms|seconds?|secs?|s|секунд[аы]?|сек|с|мс|мин|minutes?|mins?)\b"
)
_SECONDS = {"mi": 60.0, "ms": 1e-3, "se": 1.0, "s": 1.0, "се": 1.0, "с": 1.0, "мс": 1e-3, "ми": 60}
_MEMORY = re.compile(
    rf"(?i)\b(?:memory[ _-]?limits?|ограничение (?:по )?памяти|лимит памяти){_BETWEEN}{_VALUE}"
    rf"(gigabytes?|megabytes?|kilobytes?|gib|mib|kib|gb|mb|kb|g|m|k|b|bytes?|"
    rf"гигабайт|мегабайт[а]?|мбайт|мб|мегабайтов|килобайт|кб|гб|байт)\b"
)
_BYTES = {
    "g": 1 << 30, "m": 1 << 20, "k": 1 << 10, "b": 1,
    "г": 1 << 30, "м": 1 << 20, "к": 1 << 10, "б": 1,
}  # fmt: skip

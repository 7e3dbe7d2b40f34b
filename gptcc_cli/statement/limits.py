"""Time and memory limits that a statement names.

Covers ``Time limit: 2 seconds``, ``时间限制：C/C++ 1秒，其他语言2秒`` and headers with values in
the row below, by the labels of ``languages.ini``. Of several languages' limits, the one for
Python counts, else the first. A number without a unit is no limit.
"""

import re
from collections.abc import Iterator
from functools import cache

from gptcc_cli.statement.languages import is_english, late, lowered, vocabulary


def read_time_limit(statement: str) -> float | None:
    """Return the seconds a test may take, or ``None`` if the statement names none."""
    found = _limit(statement, "time", _TIME)
    if found is None:
        return None
    number, unit = found
    seconds = number * next((scale for start, scale in _SECONDS if unit.startswith(start)), 1.0)
    return seconds if 0 < seconds <= _LONGEST_S else None


def read_memory_limit(statement: str) -> int | None:
    """Return the bytes a program may use, or ``None`` if the statement names none.

    A megabyte is 2**20 bytes, as judges count.
    """
    found = _limit(statement, "memory", _MEMORY)
    if found is None:
        return None
    number, unit = found
    size = round(number * _BYTES[unit[0]])
    return size if size >= _SMALLEST_BYTES else None


def _limit(statement: str, what: str, pattern: re.Pattern[str]) -> tuple[float, str] | None:
    """Return the number and unit that stand after the words, Python's where languages differ."""
    other = "memory" if what == "time" else "time"
    text = lowered(statement)
    for place in _after(text, _labels(what, text), _labels(other, text)):
        found = _PYTHON.finditer(place) if "python" in place else ()
        python = [match.group(1) or match.group(2) for match in found]
        for part in (*python, place, *_SEPARATOR.split(place, maxsplit=1)[1:]):
            match = pattern.search(part)
            if match:
                number = _SPACES.sub("", match.group("number") or match.group("below"))
                return float(number.replace(",", ".")), match.group("unit") or match.group("column")
    return None


def _labels(what: str, text: str) -> list[str]:
    """Return the labels that a text may hold, by the characters it has."""
    english, ascii_labels, others = _sorted_labels(what)
    if is_english(text):
        return list(english) if "limit" in text else []
    characters = set(text)
    found = [label for label in others if characters.issuperset(label)]
    return [*english, *ascii_labels, *found]


@cache
def _sorted_labels(what: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    phrases = sorted(vocabulary().lists[what], key=len, reverse=True)
    return (
        tuple(f"{what}{mark}limit" for mark in (" ", "-", "", "_")),
        tuple(phrase for phrase in phrases if phrase.isascii()),
        tuple(phrase for phrase in phrases if not phrase.isascii()),
    )


def _after(text: str, labels: list[str], others: list[str]) -> Iterator[str]:
    """Yield what stands after the first few places of a label, up to the other kind of limit.

    Where it heads a column, the value of its column in the row below is yielded, too.
    """
    for word in labels:
        at = -1
        for _ in range(_MOST):
            at = text.find(word, at + 1)
            if at < 0:
                break
            place = text[at + len(word) : at + len(word) + _WINDOW]
            ends = [place.find(label) for label in others]
            place = place[: min((end for end in ends if end > 0), default=_WINDOW)]
            yield place
            first = text.rfind("\n", 0, at) + 1
            rows = text[first : first + 400].split("\n") if "\t" in text else []
            if len(rows) > 1 and "\t" in rows[0]:
                cells = rows[0].split("\t")
                column = next((i for i, cell in enumerate(cells) if word in cell), 0)
                yield next(iter(rows[1].split("\t")[column:]), "")


_WINDOW = 90
"""Characters after the words in which the number must stand."""
_MOST = 20
_LONGEST_S = 600.0
_SMALLEST_BYTES = 1 << 20
_SEPARATOR = re.compile(r"[/,，、]")
_SPACES = re.compile(r"\s")
_PYTHON = late(
    r"python[\d ./]{0,4}[\s:：)]{0,3}(\d[^,，;、/(]{0,30})"
    r"|(?<=[,，;:：(\s])(?=\d)(\d[^,，;、\d]{0,12})\(python"
)
_NUMBER = r"(?:\d{1,9}/)?(?P<number>\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,3}|\d{1,9}(?:[.,]\d{1,3})?)"
_SECOND_UNIT = (
    r"ms(?:ecs?)?|mil[a-z]{2,13}|ミリ秒|毫秒|밀리초|м(?:илли|ілі)?сек\w*|мс|"
    r"min(?:ute?|uto)?s?|минут\w*|мин|хвилин\w*|分钟|分|분|dəqiqə|phút|"
    r"s(?:ec|eg|ek|an)?[a-zəéæ]{0,8}|с(?:ек)?\w{0,5}|秒钟?|초|giây|detik|วินาที|ثاني\w{0,2}|"
    r"ثانی\w{0,2}|ثوان\w?|"
    r"δευτ\w*|mp|másodperc|vteřin\w*|წამ\w*"
)
_TIME = late(
    rf"^[^\d(]{{0,60}}(?:{_NUMBER}\s{{0,3}}(?P<unit>{_SECOND_UNIT})(?![^\W\d_])"
    rf"|\((?P<column>{_SECOND_UNIT})\)[^\d]{{0,20}}(?P<below>\d{{1,9}}(?:[.,]\d{{1,3}})?))"
)
_SECONDS = (
    ("ms", 1e-3), ("mil", 1e-3), ("ミリ", 1e-3), ("毫", 1e-3), ("밀", 1e-3), ("мс", 1e-3),
    ("милли", 1e-3), ("мілі", 1e-3), ("мсек", 1e-3), ("min", 60.0), ("мин", 60.0), ("хв", 60.0),
    ("分", 60.0), ("분", 60.0), ("dəq", 60.0), ("ph", 60.0),
)  # fmt: skip
"""How a unit begins, and its seconds."""
_BYTE_UNIT = (
    r"g(?:iga\w*|ib|b|o)?|m(?:ega\w*|ib|b|o)?|k(?:ilo\w*|ib|b|o)?|qb|bytes?|"
    r"г(?:ига\w*|б)|м(?:ега\w*|байт\w*|б)|к(?:ило\w*|байт\w*|б)|байт\w*|兆|メガバイト|"
    r"مگابایت|ميغابايت|ميجابايت"
)
_MEMORY = late(
    rf"^[^\d(]{{0,60}}(?:{_NUMBER}\s{{0,3}}(?P<unit>{_BYTE_UNIT})(?![^\W\d_])"
    rf"|\((?P<column>{_BYTE_UNIT})\)[^\d]{{0,20}}(?P<below>\d{{1,9}}(?:[.,]\d{{1,3}})?))"
)
_BYTES = {
    **dict.fromkeys("gгq", 1 << 30), **dict.fromkeys("mм兆メم", 1 << 20),
    **dict.fromkeys("kк", 1 << 10), **dict.fromkeys("bб", 1),
}  # fmt: skip
"""The first letter of a unit, and its bytes."""

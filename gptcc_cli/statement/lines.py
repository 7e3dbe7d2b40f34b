"""Text -> lines that know where they stand.

Covers cutting a statement into lines and the few questions every layout asks of a line: is it
prose, is it blank, is it a code fence. Offsets are characters into the statement as it was read,
so that a sample's span can be shown. Finds no samples.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Line(NamedTuple):
    """One line, or the part of a line that stands beside a heading.

    A tuple rather than a dataclass: a large statement has a million of them.
    """

    text: str
    """The text without its line end."""
    start: int
    """The offset of its first character."""

    @property
    def end(self) -> int:
        """The offset after its last character, line end excluded."""
        return self.start + len(self.text)

    @property
    def blank(self) -> bool:
        """Whether there is nothing to see."""
        return not self.text or self.text.isspace()

    def cut(self, start: int, end: int | None = None) -> "Line":
        """Return the part between two offsets into the line."""
        return Line(self.text[start:end], self.start + start)


def split_lines(text: str) -> Iterator[Line]:
    r"""Yield the lines of a text whose line ends are LF; only ``\n`` ends a line."""
    start = 0
    for part in text.split("\n"):
        yield Line(part, start)
        start += len(part) + 1


def is_fence(text: str) -> bool:
    """Whether a line opens or closes a fenced block of Markdown, or a ``<pre>`` of HTML."""
    return _FENCE.match(text) is not None


def is_prose(text: str) -> bool:
    """Whether a line reads as a sentence rather than as data.

    Three words or more, and a stop-word or a full stop among them; or as many ideographs as
    make a clause. A line of names or of random words is not prose.
    """
    head = text[:_LONG]
    if len(_IDEOGRAPHS.findall(head)) >= 6:
        return True
    words = _WORD.findall(head.lower())
    if len(words) < 3:
        return False
    stops = sum(word in _STOP_WORDS for word in words)
    ends = head.rstrip().endswith((".", ":", "!", "?", ";"))
    if stops >= 2 or (stops and len(words) >= 5):
        return True
    return ends and (stops >= 1 or len(words) >= 5)


_LONG = 400
"""How much of a line decides what it is."""

_FENCE = re.compile(r"\s*(?:```+|~~~+)[\w+#:. -]{0,40}\s*$|\s*</?(?:pre|code)>\s*$", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_IDEOGRAPHS = re.compile(r"[぀-ヿ一-鿿가-힯]")
_STOP_WORDS = frozenset(
    """
    the a an is are was were be been it its this that these those there of in on at to for from
    by with as and or not but if then than so we you he she they his her their our your can
    could will would must should may has have had does do did which who what where when because
    since thus hence therefore only after before each every all any one first second third
    note both case test example sample input output answer
    это этот эта как что для не на из по от при если то но или все они он она его их можно
    первый первом втором второй тест тесте примере пример ответ
    """.split()  # noqa: SIM905
)

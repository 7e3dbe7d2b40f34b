"""The lines under a heading -> the lines of the data.

Covers where a block ends by what its lines are: the close of a fence, a sentence after the
output, a picture. A wrong line in a sample rejects right programs, so what reads as a sentence
is left out unless the data itself are sentences. Knows nothing of headings.
"""

import re
from collections.abc import Sequence
from itertools import islice

from gptcc_cli.statement.languages import vocabulary
from gptcc_cli.statement.lines import Line, is_fence, is_prose


def trim(lines: Sequence[Line], *, output: bool) -> list[Line]:
    """Leave out what is not data: fences, blank edges, words after the data.

    Lines come back as they stand, blank lines between them too. An explanation follows an
    output; an input is followed by its output, so that only a plain sentence ends it.
    """
    lines = _unfence(lines)
    if not output:
        lines = _without_function(lines)
    start = 0
    while start < len(lines) and (lines[start].blank or _is_button(lines[start].text)):
        start += 1
    kept: list[Line] = []
    shown = _Shown()
    n_blank = 0
    for line in islice(lines, start, None):
        if line.blank:
            n_blank += 1
        elif shown.kinds and _ends_data(line.text, n_blank, shown, output):
            break
        else:
            n_blank = 0
            shown.add(line.text)
        kept.append(line)
    while kept and kept[-1].blank:
        kept.pop()
    return _unquote(kept)


class _Shown:
    """What the lines kept so far are like."""

    def __init__(self) -> None:
        self.kinds: set[str] = set()
        self.letters = False
        self.prose = False
        self.marks: set[re.Pattern[str]] = set()

    def add(self, text: str) -> None:
        """Take one more line into account."""
        self.kinds.add(_kind(text))
        self.letters = self.letters or _LETTERS.search(text) is not None
        self.prose = self.prose or is_prose(text)
        self.marks.update(
            mark for mark in _REMARKS if mark not in self.marks and mark.search(text[:400])
        )


def _is_button(text: str) -> bool:
    """Whether a line is what a button beside the sample says."""
    return len(text) < _LONGEST_BUTTON and text.strip().lower() in vocabulary().lists["copy"]


def is_symbolic(lines: Sequence[Line]) -> bool:
    """Whether a block shows a format, ``N M`` and ``A_1 ... A_N``, rather than data."""
    tokens = [token for line in lines[:50] for token in line.text[:400].split()]
    if not tokens or not all(_SYMBOL.fullmatch(token) for token in tokens):
        return False
    return any("_" in token or token in _DOTS for token in tokens)


def has_format_words(lines: Sequence[Line]) -> bool:
    """Whether lines describe data rather than being some."""
    return any(
        is_prose(line.text)
        or _FORMAT_WORD.search(line.text[:400])
        or len(_LETTERS.findall(line.text[:400])) >= _WORDS_OF_PROSE
        or _UNSPACED_WORDS.search(line.text[:400])
        or _LABELLED.match(line.text)
        for line in lines
    )


def _unfence(lines: Sequence[Line]) -> list[Line]:
    """Return the inside of a block's fence; without one, the lines as they are."""
    first = next((i for i, line in enumerate(lines) if not line.blank), None)
    if first is None or not is_fence(lines[first].text):
        return [line for line in lines if not is_fence(line.text)]
    body = list(lines[first + 1 :])
    last = next((i for i, line in enumerate(body) if is_fence(line.text)), len(body))
    return body[:last]


def _without_function(lines: Sequence[Line]) -> Sequence[Line]:
    """Take off the column that says which parameter each line of input becomes."""
    first = next((i for i, line in enumerate(lines) if not line.blank), None)
    if first is None or _FUNCTION_TABLE.match(lines[first].text) is None:
        return lines
    body = [line for line in lines[first + 1 :] if not _TABLE_RULE.fullmatch(line.text)]
    kept = []
    for line in body:
        gap = _GAP.search(line.text, len(line.text) - len(line.text.lstrip()))
        kept.append(line.cut(0, gap.start()) if gap else line)
    return kept


def _ends_data(text: str, n_blank: int, shown: _Shown, output: bool) -> bool:
    """Whether a line is no longer data, after so many blank lines and the lines kept."""
    if n_blank == 0:
        return output and not shown.letters and is_sentence(text)
    if _PICTURE.match(text):
        return True
    if shown.prose:
        return False
    if not output:
        return is_sentence(text)
    if is_prose(text):
        return True
    if any(mark not in shown.marks and mark.search(text[:400]) for mark in _REMARKS):
        return True
    return n_blank > 1 and _kind(text) == "words" and shown.kinds == {"numbers"}


def is_sentence(text: str) -> bool:
    """Whether a line is beyond doubt a sentence: six words or more, and a full stop."""
    words = _LETTERS.findall(text[:400])
    return len(words) >= 6 and is_prose(text) and text.rstrip().endswith((".", ":"))


def _kind(text: str) -> str:
    """Say what a line of data is made of: numbers, one word, or several."""
    tokens = text[:400].split()
    if all(_NUMBER.fullmatch(token) for token in tokens):
        return "numbers"
    return "word" if len(tokens) == 1 else "words"


def _unquote(lines: list[Line]) -> list[Line]:
    """Take off the ``> `` of a quotation and the indentation of a Markdown code block."""
    shown = [line for line in lines if not line.blank]
    for mark in ("> ", "    ", "\t"):
        if shown and all(line.text.startswith(mark) for line in shown):
            if mark == "    " and len(shown) > 1 and not _is_code_block(shown):
                continue
            return [line if line.blank else line.cut(len(mark)) for line in lines]
    return lines


def _is_code_block(shown: Sequence[Line]) -> bool:
    """Whether four blanks at the start of every line are layout, not a drawing."""
    return any(not line.text[4:5].isspace() for line in shown)


_FUNCTION_TABLE = re.compile(r"(?i)\s*stdin\s{2,}(?:function|parameters?|variable)")
_TABLE_RULE = re.compile(r"[\s-]*-{3,}[\s-]*")
_GAP = re.compile(r"[ \t]{2,}(?:[→=-]>?[ \t]*)?(?=\S)|\t|[ \t]+(?:→|->)[ \t]")
_PICTURE = re.compile(r"\s*(?:<image>|!\[|<img|\[?(?:[Ff]igure|[Ii]mage|[Pp]icture)\b)")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_REMARKS = (
    re.compile(r"\S\s+\S*[^\s.][.!:]\s*$"),
    re.compile(r"\S\s+={1,2}\s+\S"),
    re.compile(r"\$[^$]{1,80}\$|\\[a-zA-Z]{2,}"),
    re.compile(r"[→⇒]|[=-]>"),
    re.compile(r"[぀-ヿ一-鿿가-힯]{3,}"),
    re.compile(r"https?://"),
)
"""Marks of a remark: in a paragraph after data that had none of them, they end it."""
_LONGEST_BUTTON = 24
_WORDS_OF_PROSE = 4
_LABELLED = re.compile(r"\s*[^\W\d_]{3,}[^:\n]{0,20}:\s")
_UNSPACED_WORDS = re.compile(r"[぀-ヿ一-鿿가-힯\u0e00-\u0e7f]{3,}")
_DOTS = frozenset({"...", "…", "⋮", ":", "\\vdots", "\\ldots", "\\dots", "$\\vdots$"})
_SYMBOL = re.compile(
    r"\$?[A-Za-z]{1,2}(?:_\{?[\w,+-]{1,12}\}?)*\$?|\.\.\.|…|⋮|:|\$?\\[vl]?dots\$?|[A-Za-z]_\{[^}]{1,20}\}"
)
_FORMAT_WORD = re.compile(
    r"(?i)\b(?:integers?|strings?|lines?|numbers?|array|print|contains?|denot\w+|separated|"
    r"single|given|input|output|consists?|строк\w*|числ\w*)\b"
)

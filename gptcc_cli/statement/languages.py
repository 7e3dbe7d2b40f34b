"""The words that statements use for their parts, in every language of ``languages.ini``.

Covers reading the table and finding its phrases in a line. Decides nothing about what a line is:
that is ``headings``. To add a language or a word, edit the table.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, cast

Words = tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Vocabulary:
    """The table, arranged for lookup."""

    phrases: dict[str, list[tuple[Words, str]]] = field(default_factory=dict)
    """First word of a phrase -> the whole phrases, longest first, and what each says."""
    unspaced: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """The same by first character, for scripts that put no space between words."""
    lists: dict[str, Words] = field(default_factory=dict)
    """A key of the table -> its phrases in all languages, in lower case."""


@cache
def vocabulary() -> Vocabulary:
    """Return the table, read once."""
    text = (files(__package__) / "languages.ini").read_text(encoding="utf-8").lower()
    lists: dict[str, dict[str, None]] = {}
    for line in text.split("\n"):
        key, equals, phrases = line.partition(" = ")
        if equals and line[0] != "#":
            lists.setdefault(key, {}).update(dict.fromkeys(phrases.split(" | ")))
    found = Vocabulary(lists={key: tuple(phrases) for key, phrases in lists.items()})
    for key, says in _SAYS.items():
        for phrase in found.lists.get(key, ()):
            _add(found, phrase, says)
    for table in (found.phrases, found.unspaced):
        for entries in table.values():
            entries.sort(key=lambda entry: -len(entry[0]))
    return found


def _add(table: Vocabulary, phrase: str, says: str) -> None:
    if phrase.isalpha() and phrase[0] < "\u0590":
        words: Words = (phrase,)
    elif not phrase.isascii() and UNSPACED.search(phrase):
        packed = "".join(phrase.split()).replace("\u200c", "").rstrip(":")
        table.unspaced.setdefault(packed[0], []).append((packed, says))
        return
    else:
        words = tuple(WORD.findall(phrase))
    table.phrases.setdefault(words[0], []).append((words, says))


def spaced(text: str) -> str:
    """Put the English for each known phrase into a text of a script without spaces.

    What no phrase covers stays, so that a sentence never becomes a heading.
    """
    table = vocabulary().unspaced
    text = _INNER_SPACE.sub("", _INVISIBLE.sub("", text)).lower()
    parts: list[str] = []
    at = 0
    while at < len(text):
        for phrase, says in table.get(text[at], ()):
            if text.startswith(phrase, at):
                parts.append(f" {_ENGLISH[says]} ")
                at += len(phrase)
                break
        else:
            digit = _NUMERALS.find(text[at])
            parts.append(text[at] if digit < 0 else f" {digit + 1} ")
            at += 1
    return "".join(parts)


def alternatives(*keys: str) -> str:
    """Return a pattern of all phrases under keys of the table, longest first."""
    phrases = {phrase for key in keys for phrase in vocabulary().lists.get(key, ())}
    ordered = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return "|".join(re.escape(phrase).replace(r"\ ", r"[ \t]{1,3}") for phrase in ordered)


@lru_cache(maxsize=4)
def lowered(text: str) -> str:
    """Return a text in lower case; kept for the next who asks about the same text."""
    return text.lower()


@lru_cache(maxsize=4)
def is_english(text: str) -> bool:
    """Whether a lower-case text holds no letter and no frequent word of another language."""
    if not text.isascii() and _FOREIGN_LETTER.search(text):
        return False
    return not any(word in text for word in _FOREIGN_WORDS)


def composed(text: str) -> str:
    """Return a text with each letter and its accents as one character."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


WORD = re.compile(r"[^\W\d_]+|\d+")
UNSPACED = re.compile(r"[\u0590-\u06ff\u0900-\u09ff\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff가-힯]")
"""A character of a script whose words are not found by spaces or by letters alone."""
_FOREIGN_LETTER = re.compile(r"[^\W\d_\x00-\x7f]")
_FOREIGN_WORDS = (
    "cualquier", "qualquer", "qualsiasi", "beliebig", "importe", "dowoln", "keluarkan", "qualunque",
    "limite", "limit czasu", "zeitlimit", "speicherlimit", "batas", " :", "temps:", "ajalimiit",
)  # fmt: skip
"""Words that tell a language from English where it is written in plain letters."""
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069]")
_INNER_SPACE = re.compile(rf"(?<={UNSPACED.pattern})\s+(?={UNSPACED.pattern})")
_NUMERALS = "一二三四五六七八九"
_SAYS = {
    "sample_input": "SI", "sample_output": "SO", "both": "IO", "sample": "S", "test": "T",
    "input": "I", "output": "O", "explanation": "A", "ends": "X", "time": "L", "memory": "L",
    "credit": "L",
    "filler": "", "copy": "",
}  # fmt: skip
"""A key of the table -> the kinds of its phrases: a letter each, as ``headings`` knows them."""
_ENGLISH = {
    "SI": "sample input", "SO": "sample output", "IO": "input output", "S": "sample",
    "T": "test", "I": "input", "O": "output", "A": "explanation", "X": "constraints",
    "L": "time limit", "": "the",
}  # fmt: skip


def late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern that is compiled when it is first used.

    Compiling all patterns of this package takes 25 ms, and a statement that reads standard input
    uses few of those about calls.
    """
    return cast("re.Pattern[str]", _Late(pattern, flags))


class _Late:
    def __init__(self, pattern: str, flags: int) -> None:
        self._how = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        # Found in the object itself from now on, which does not ask here again.
        found = getattr(re.compile(*self._how), name)
        setattr(self, name, found)
        return found

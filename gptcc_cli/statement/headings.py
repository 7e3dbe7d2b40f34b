"""A line -> the heading it is, if it is one.

Covers what judges write above a sample, its input, its output and the text around them, in the
languages of ``languages.ini``, with any decoration. A line is a heading only if every word of it
belongs to a heading: prose that mentions input never is. Decides nothing about samples: that is
the work of ``stdin_samples``.
"""

import re
from dataclasses import dataclass
from enum import Enum

from gptcc_cli.statement.languages import UNSPACED, WORD, composed, spaced, vocabulary


class Role(Enum):
    """What a heading announces."""

    INPUT = "input"
    """An input, or the section that describes it."""
    OUTPUT = "output"
    """An output, or the section that describes it."""
    BOTH = "both"
    """Two columns or a section: ``Sample Input/Output``."""
    SAMPLES = "samples"
    """A sample, or the section that holds all of them."""
    ASIDE = "aside"
    """Words about a sample: ``Explanation``, ``Note``."""
    OTHER = "other"
    """Any other section: ``Constraints``, ``Input format``, ``Source``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading and what stands beside it."""

    role: Role
    sample: bool
    """Whether it says that it is about a sample."""
    decorated: bool
    """Whether rules, hashes or stars set it apart."""
    number: int | None = None
    """The sample's number."""
    glued: bool = False
    """Whether that number touches the word before it, as in ``INPUT2``."""
    limit: bool = False
    """Whether it names a limit or an author, which no data do."""
    value_at: int | None = None
    """Where in the line a value beside the heading begins; ``None``: there is none."""


def read_heading(text: str) -> Heading | None:
    """Return the heading that a line is, or ``None`` if it is anything else."""
    head = text[:_LONGEST]
    first = _FIRST_WORD.match(head)
    if first is None:
        return None
    word = first.group(1)
    if word.lower() not in vocabulary().phrases and not (
        _CAMEL.search(word) or not word.isascii() or (not head.isascii() and UNSPACED.search(head))
    ):
        return _unknown(text) if head[0] in "#-" else None
    match = _DECORATION.match(head)
    start = match.end() if match else 0
    body = head[start:]
    colon = _COLON.search(body)
    if colon is None:
        return None if len(text) >= _LONGEST else _judge(body, start, None, text)
    value_at = start + colon.end()
    rest = text[value_at : value_at + _LONGEST]
    if not rest.strip(" \t\u3000" + "".join(set(_CLOSING) & set(head[:start]))):
        return _judge(body[: colon.start()], start, None, text)
    return _judge(body[: colon.start()], start, value_at, text)


def _judge(words_text: str, start: int, value_at: int | None, line: str) -> Heading | None:
    read = _read_words(words_text)
    if read is None:
        return _unknown(line) if value_at is None else None
    words, kinds = read
    numbers = [int(word) for word in words if word.isdecimal()]
    role = _role(kinds, words) if len(numbers) <= 1 and kinds else None
    if role is None and value_at is None:
        return _unknown(line)
    if role is None or (value_at is not None and role is Role.OTHER and len(words) > 4):
        return None
    decoration = line[:start].strip()
    closing = words_text.rstrip()[-1:]
    return Heading(
        role=role,
        sample="S" in kinds or bool({"I", "O"} & set(kinds) and ("T" in kinds or numbers)),
        decorated=bool(decoration) or closing in _RULES,
        limit="L" in kinds or ("X" in kinds and not words_text.isascii()),
        number=numbers[0] if numbers else None,
        glued=bool(numbers) and _TOUCHING.search(words_text) is not None,
        value_at=value_at,
    )


def _unknown(line: str) -> Heading | None:
    """Return the heading that a line is by its decoration alone, whatever its words."""
    match = _RULED.fullmatch(line.strip()[:_LONGEST])
    if match is None:
        return None
    first = match.group(1) or match.group(2)
    sample = first.lower() in ("sample", "samples", "example", "examples", "expected")
    return Heading(role=Role.SAMPLES if sample else Role.OTHER, sample=sample, decorated=True)


def _role(kinds: list[str], words: list[str]) -> Role | None:
    """Name the role of a line whose words are all known, by the kinds of its words."""
    has = set(kinds)
    if "L" in has:
        return Role.OTHER
    if "A" in has:
        return Role.ASIDE if kinds[0] == "A" or "A" in kinds[:3] else None
    if "X" in has:
        return Role.OTHER
    if "I" in has and "O" in has:
        return _both(kinds, words)
    if "I" in has:
        return Role.INPUT
    if "O" in has:
        return Role.OUTPUT
    if "S" in has and words[0] != "for":
        return Role.SAMPLES
    if "T" in has and words[-1].isdecimal():
        return Role.SAMPLES
    return None


def _both(kinds: list[str], words: list[str]) -> Role | None:
    """Tell ``Output for the sample input`` from ``Sample input and output``."""
    first = next(kind for kind in kinds if kind in "IO")
    if {"for", "corresponding", "to"} & set(words) and first == "O":
        return Role.OUTPUT
    return Role.BOTH


def _read_words(text: str) -> tuple[list[str], list[str]] | None:
    """Cut a heading into lower-case words and what they say; ``None`` if one is not known."""
    if text.lstrip()[:1] in _DIGITS:
        text = _ENUMERATOR.sub("", text)
    if _FOREIGN.search(text) or text.count("(") != text.count(")"):
        return None
    if "(" in text or "<" in text:
        text = _ASIDE.sub("", text)
    text = _CAMEL.sub(" ", composed(text))
    if not text.isascii() and UNSPACED.search(text):
        text = spaced(_CIRCLED.sub(lambda match: str(ord(match.group()) - 0x245F), text))
    if text.lstrip()[:1] in _DIGITS:
        text = _ENUMERATOR.sub("", text)
    words = WORD.findall(text.lower())
    if not 0 < len(words) <= _MOST_WORDS:
        return None
    kinds: list[str] = []
    phrases = vocabulary().phrases
    at = 0
    while at < len(words):
        if words[at].isdecimal():
            at += 1
            continue
        for phrase, says in phrases.get(words[at], ()):
            if len(phrase) == 1 or tuple(words[at : at + len(phrase)]) == phrase:
                kinds += says
                at += len(phrase)
                if says == "L" and len(kinds) == 1 and any(w.isdecimal() for w in words[at:]):
                    return words[:at], kinds
                break
        else:
            return None
    return words, kinds


_FIRST_WORD = re.compile(r"(?:<\w{1,6}>|[\W\d_]){0,40}?([^\W\d_]+)")
_LONGEST = 90
"""Characters of a line in which a heading must end."""
_MOST_WORDS = 9
_RULES = "-=*#_~]】>＞〗）"
_CLOSING = "-=*#_~`:：>"
"""What may close a heading that it also opened."""
_DECORATION = re.compile(
    r"[\s\-=*#_~`>\[【＜〖（•·|▶■◆●◇○□▣★☆✅✔➤►»🌀-🫿\ufe0f]*(?:(?:<(?:b|strong|h\d|p)>\s*){1,3}|<)?",
    re.I,
)
_COLON = re.compile(
    r"\s*(?:</(?:b|strong|h\d)>)?\s*[:：]\s*(?:</(?:b|strong|h\d)>|[*_]{1,3}(?=\s|$))?[ \t]*"
    r"|[*_]{2}[ \t]+(?=\S)",
    re.IGNORECASE,
)
"""A colon, inside or outside of bold; or the end of bold text with something beside it."""
_RULED = re.compile(r"#{2,6}[ \t]+([^\W\d_]{3,}).*|-{4,}[ \t]*([^\W\d_]{3,})[^-]*-{4,}")
_FOREIGN = re.compile(r"[+%$^{}\\;!?\"“”«»@]|\d[.,]\d")
_ASIDE = re.compile(r"</?\w{1,10}>|\((?=[^()]{0,40}(?:\w\.\w|std|file|файл))[^()]{1,40}\)", re.I)
_TOUCHING = re.compile(r"[^\W\d_]\d+\W*$")
_CAMEL = re.compile(r"(?<=[a-zа-яёіїє])(?=[A-ZА-ЯЁІЇЄ])")
_DIGITS = tuple("(0123456789")
_CIRCLED = re.compile(r"[①-⑳]")
_ENUMERATOR = re.compile(r"^\s*(?:\(?\d{1,2}[.)、](?!\d)|\(\s?\d\s?\)|\d\s?、)\s*(?=\S)")
"""The number of a section, as in ``2. Sample input`` or ``四、輸入範例``."""

"""The value written at a place in a text, as JSON would carry it.

Covers Python, JSON and JavaScript spellings of numbers, strings, lists, tuples, sets,
dictionaries, booleans and nothing at all. A value is read from the left and ends where it ends:
what follows is the caller's to judge. Reads in one pass, to a bounded depth, and never evaluates
anything. Covers no expressions: ``2 + 3`` reads as ``2``.
"""

import re
from dataclasses import dataclass

from gptcc_cli.problem import Json


class NotALiteral(ValueError):
    """There is no value at that place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """A value and where it ends."""

    value: Json
    end: int
    """The offset after its last character."""


def read_literal(text: str, at: int = 0) -> Literal:
    """Read the value that begins at an offset, blanks before it left out.

    Args:
        text: where to read.
        at: the offset to begin at.

    Raises:
        NotALiteral: there is no complete value there.
    """
    value, end = _value(text, _skip(text, at), 0)
    return Literal(value=value, end=end)


def whole_literal(text: str) -> Json:
    """Read a text that is one value and nothing else.

    Raises:
        NotALiteral: it is not.
    """
    literal = read_literal(text)
    if text[literal.end :].strip():
        raise NotALiteral(text[:80])
    return literal.value


def _value(text: str, at: int, depth: int) -> tuple[Json, int]:
    if depth > _DEEPEST:
        raise NotALiteral("too deep")
    char = text[at : at + 1]
    if char in _QUOTES and char:
        return _string(text, at)
    if char in _CLOSERS and char:
        return _collection(text, at, depth)
    word = _WORD.match(text, at)
    if word:
        if word.group() not in _NAMES:
            raise NotALiteral(word.group()[:80])
        return _NAMES[word.group()], word.end()
    return _number(text, at)


def _number(text: str, at: int) -> tuple[Json, int]:
    match = _NUMBER.match(text, at)
    if match is None or len(match.group()) > _LONGEST_NUMBER:
        raise NotALiteral(text[at : at + 40])
    digits = match.group().translate(_MINUS)
    if _PADDED.match(digits):
        raise NotALiteral(digits[:80])
    if match.group(1) or match.group(2) or match.group(3):
        value = float(digits)
        if value in (float("inf"), float("-inf")):
            raise NotALiteral(digits[:80])
        return value, match.end()
    return int(digits.replace("_", "")), match.end()


def _string(text: str, at: int) -> tuple[str, int]:
    closer = _QUOTES[text[at]]
    pattern = _STRINGS.get(closer)
    match = pattern.match(text, at + 1) if pattern else None
    if match is None:
        raise NotALiteral(text[at : at + 40])
    body = match.group(1)
    if "\\" in body:
        body = _ESCAPE.sub(_unescape, body)
    return body, match.end()


def _unescape(match: re.Match[str]) -> str:
    code = match.group(1)
    if code in _ESCAPES:
        return _ESCAPES[code]
    if code[0] in "ux" and len(code) > 1:
        return chr(int(code[1:], 16))
    return match.group()


def _collection(text: str, at: int, depth: int) -> tuple[Json, int]:
    """Read a bracketed value; a trailing comma is allowed, an omitted value is not."""
    opener, closer = text[at], _CLOSERS[text[at]]
    items: list[Json] = []
    pairs: dict[str, Json] = {}
    commas = 0
    at = _skip(text, at + 1)
    while text[at : at + 1] != closer:
        item, at = _value(text, at, depth + 1)
        at = _skip(text, at)
        if opener == "{" and text[at : at + 1] == ":":
            value, at = _value(text, _skip(text, at + 1), depth + 1)
            pairs[_key(item)] = value
            at = _skip(text, at)
        else:
            items.append(item)
        if text[at : at + 1] == ",":
            commas += 1
            at = _skip(text, at + 1)
        elif text[at : at + 1] != closer:
            raise NotALiteral(text[at : at + 40])
    if pairs and items:
        raise NotALiteral("a dictionary with a value that has no key")
    if opener == "{" and not items:
        return pairs, at + 1
    if opener == "(" and len(items) == 1 and not commas:
        return items[0], at + 1
    return items, at + 1


def _key(value: Json) -> str:
    """Write a dictionary's key as JSON would."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, int | float):
        return repr(value)
    raise NotALiteral("a key that JSON can't carry")


def _skip(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


_DEEPEST = 60
_LONGEST_NUMBER = 4000
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "”": "”", "’": "’"}
_STRINGS = {
    quote: re.compile(rf"((?:[^{quote}\\\n]|\\.){{0,{most}}}+){quote}")
    for quote, most in (('"', 1_000_000), ("'", 1_000_000), ("”", 500), ("’", 500))
}
_CLOSERS = {"[": "]", "(": ")", "{": "}"}
_NAMES: dict[str, Json] = {
    **dict.fromkeys(("True", "true", "TRUE"), True),
    **dict.fromkeys(("False", "false", "FALSE"), False),
    **dict.fromkeys(("None", "null", "NULL", "nil", "undefined"), None),
}
_WORD = re.compile(r"[^\W\d]\w{0,60}")
_NUMBER = re.compile(
    r"[+\-−–]?(?:\d+(?:_\d{3})*(\.\d+|\.(?=[,\])}]))?|(\.\d+))([eE][+-]?\d{1,4}(?![\w.]))?"
)
"""A point with no digit after it belongs to the number inside brackets alone; elsewhere it ends
the sentence."""
_PADDED = re.compile(r"[+-]?0[\d_]*\d")
"""``007`` is a text that lost its quotes, not seven."""
_MINUS = str.maketrans("−–", "--")
_BLANK = re.compile(r"\s+")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[\s\S])")
_ESCAPES = {
    "n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"',
    "0": "\0", "b": "\b", "f": "\f", "/": "/", "\n": "",
}  # fmt: skip

"""Changes to a text that keep what the texts of its slot have in common.

That is: their characters, a vocabulary of recurring words, or a pattern of words and digits with
punctuation between them (``12:30``, ``5 apples and 6 oranges``).
"""

import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

_PIECE: Final = re.compile(r"\d+|[A-Za-z]+|[^\dA-Za-z]+")
_CLASSES: Final = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
_FEW: Final = 4
_STRANGE: Final = 0.4
_FOREIGN: Final = "AZaz 17.-"
"""Characters to add to texts of letters in one case."""
_RESTRICTING: Final = re.compile(
    r"(?i)\b(?:lower-?\s?case|upper-?\s?case|letters?|alphabet\w*|contain\w* only"
    r"|characters? (?:are|is|from)|binary|digits?|bracket\w*|parenthes\w*|roman|dna|vowels?)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextKind:
    """What the texts of one slot have in common."""

    texts: tuple[str, ...]
    alphabet: str
    """Characters that may occur."""
    foreign: str
    """Characters of other kinds, which are sometimes used."""
    vocabulary: tuple[str, ...]
    """The words that texts consist of; empty if any word may occur."""
    pattern: tuple[tuple[str, ...], ...]
    """For each piece, the forms seen; empty if the texts have no common pattern."""
    balanced: bool
    """Whether brackets match."""
    zeros: bool
    """Whether numbers may have leading zeros."""

    @property
    def is_strict(self) -> bool:
        """Whether a vocabulary or a pattern limits the texts."""
        return bool(self.vocabulary or self.pattern)


def text_kind(texts: Sequence[str], statement: str, *, bold: bool = False) -> TextKind:
    """Infer what texts have in common.

    Args:
        texts: every text of one slot.
        statement: without its samples; words it names may be a vocabulary.
        bold: use other characters too, unless the statement restricts them.
    """
    seen = tuple(dict.fromkeys(texts))
    letters = "".join(seen).replace(" ", "")
    free = bold and letters.isalpha() and not _RESTRICTING.search(statement)
    return TextKind(
        texts=seen,
        alphabet=_alphabet(seen, statement),
        foreign=_FOREIGN if free else "",
        vocabulary=_vocabulary(texts, statement),
        pattern=_pattern(seen),
        balanced=any(c in "()[]{}<>" for t in seen for c in t) and all(map(is_balanced, seen)),
        zeros=any(re.search(r"\b0\d", text) for text in seen),
    )


def changed_text(text: str, kind: TextKind, random: Random, *, keep_length: bool) -> str:
    """Return another text of the kind, or sometimes the same one."""
    if kind.vocabulary and not keep_length:
        return _from_words(text, kind, random)
    if kind.pattern:
        new = _from_pattern(kind, random)
        return new if not keep_length or len(new) == len(text) else text
    change = random.choice(_KEEPING if keep_length else (*_KEEPING, *_SIZING))
    return change(text, kind, random)


def fits(text: str, kind: TextKind) -> bool:
    """Return whether a text fits a kind's brackets, spaces and zeros."""
    if kind.balanced and not is_balanced(text):
        return False
    if text != text.strip() and all(one == one.strip() for one in kind.texts):
        return False
    if "  " in text and not any("  " in one for one in kind.texts):
        return False
    if not kind.zeros and re.search(r"\b0\d", text):
        return False
    return not _is_number(kind) or re.fullmatch(r"-?\d+(\.\d+)?", text) is not None


def is_balanced(text: str) -> bool:
    """Return whether brackets match."""
    closing = {")": "(", "]": "[", "}": "{", ">": "<"}
    opened: list[str] = []
    for character in text:
        if character in "([{<":
            opened.append(character)
        elif character in closing and (not opened or opened.pop() != closing[character]):
            return False
    return not opened


def _is_number(kind: TextKind) -> bool:
    return bool(kind.texts) and all(re.fullmatch(r"-?\d+(\.\d+)?", one) for one in kind.texts)


def _alphabet(texts: Sequence[str], statement: str) -> str:
    """Return the characters seen, extended to whole classes of which many were seen."""
    seen = set("".join(texts))
    found = set(seen)
    words = statement.lower()
    for members in _CLASSES:
        of_class = seen & set(members)
        named = members == string.ascii_lowercase and (
            "lowercase" in words or "lower case" in words
        )
        named |= members == string.ascii_uppercase and ("uppercase" in words or "capital" in words)
        if len(of_class) > _FEW or (of_class and named):
            found |= set(members)
    return "".join(sorted(found))


def _vocabulary(texts: Sequence[str], statement: str) -> tuple[str, ...]:
    """Return the words, if the statement names them all or they recur often."""
    words = [word for text in texts for word in text.split(" ") if word]
    distinct = tuple(dict.fromkeys(words))
    repeated = len(words) >= 2 * len(distinct) and len(words) > _FEW
    if repeated and all(" " in text for text in texts if text):
        return distinct
    named = all(re.search(rf"\b{re.escape(word)}\b", statement) for word in distinct)
    letters = all(re.fullmatch(r"[A-Za-z][\w-]+", word) for word in distinct)
    return distinct if letters and (repeated or named) else ()


def _pattern(texts: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    pieces = [_PIECE.findall(text) for text in texts]
    if not pieces or len({len(one) for one in pieces}) != 1 or len(pieces[0]) < 2:
        return ()
    columns = list(zip(*pieces, strict=True))
    marks = [set(c) for c in columns if not c[0][0].isalnum()]
    if not marks or any(len(mark) > 1 for mark in marks):
        return ()
    if not any(piece.isdigit() for piece in pieces[0]):
        return ()
    if any(len({p.isdigit() for p in c}) > 1 or len({p.isalpha() for p in c}) > 1 for c in columns):
        return ()
    return tuple(tuple(dict.fromkeys(c)) for c in columns)


def _from_pattern(kind: TextKind, random: Random) -> str:
    return "".join(_piece(forms, random) for forms in kind.pattern)


def _piece(forms: tuple[str, ...], random: Random) -> str:
    if not forms[0].isdigit() or (len(forms) == 1 and random.random() < 0.3):
        return random.choice(forms)
    numbers = list(map(int, forms))
    width = len(forms[0])
    if width > 1 and all(len(form) == width for form in forms):
        return f"{random.randint(min(numbers), max(numbers)):0{width}d}"
    return str(random.randint(min(1, *numbers), max(numbers) + (len(forms) == 1)))


def _from_words(text: str, kind: TextKind, random: Random) -> str:
    words = text.split(" ")
    place = random.randrange(len(words))
    words[place] = random.choice(kind.vocabulary)
    if len(text.split(" ")) > 1 and random.random() < 0.5:
        random.shuffle(words)
    if any(" " in one for one in kind.texts) and random.random() < 0.4:
        words.append(random.choice(kind.vocabulary))
    return " ".join(words)


def _character(kind: TextKind, random: Random) -> str:
    if kind.foreign and random.random() < _STRANGE:
        return random.choice(kind.foreign)
    return random.choice(kind.alphabet) if kind.alphabet else ""


def _shuffle(text: str, _: TextKind, random: Random) -> str:
    characters = list(text)
    random.shuffle(characters)
    return "".join(characters)


def _swap(text: str, _: TextKind, random: Random) -> str:
    if len(text) < 2:
        return text
    one, other = sorted(random.sample(range(len(text)), 2))
    return text[:one] + text[other] + text[one + 1 : other] + text[one] + text[other + 1 :]


def _replace(text: str, kind: TextKind, random: Random) -> str:
    if not text or not kind.alphabet:
        return text
    place = random.randrange(len(text))
    return text[:place] + _character(kind, random) + text[place + 1 :]


def _reverse(text: str, _: TextKind, __: Random) -> str:
    return text[::-1]


def _anew(text: str, kind: TextKind, random: Random) -> str:
    seen = "".join(kind.texts) or kind.alphabet
    return "".join(random.choice(seen) for _ in text)


def _drop(text: str, _: TextKind, random: Random) -> str:
    if not text:
        return text
    start = random.randrange(len(text))
    return text[:start] + text[start + random.randint(1, max(1, len(text) // 3)) :]


def _insert(text: str, kind: TextKind, random: Random) -> str:
    place = random.randint(0, len(text))
    return text[:place] + _character(kind, random) + text[place:]


def _double(text: str, _: TextKind, random: Random) -> str:
    if not text:
        return text
    start = random.randrange(len(text))
    end = start + random.randint(1, max(1, len(text) - start))
    return text[:end] + text[start:]


def _join(text: str, kind: TextKind, random: Random) -> str:
    other = random.choice(kind.texts)
    return text[: random.randint(0, len(text))] + other[random.randint(0, len(other)) :]


def _other(_: str, kind: TextKind, random: Random) -> str:
    return random.choice(kind.texts)


def _mirror(text: str, _: TextKind, random: Random) -> str:
    half = text[: (len(text) + 1) // 2]
    return half + half[::-1][random.randint(0, 1) :]


_KEEPING: Final = (_shuffle, _swap, _replace, _replace, _reverse, _anew)
_SIZING: Final = (_drop, _drop, _insert, _double, _join, _other, _mirror)

"""Standard output against the expected text.

Works on bytes: only ASCII blanks separate, what is not UTF-8 is merely different. Linear, and
without a copy of every word at once: sixteen megabytes are compared in seconds.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice, zip_longest

from gptcc_cli.checkers.matching import (
    CANONICAL_DIGITS,
    MOST_WORK,
    TooMuchWorkError,
    Work,
    close_words,
    difference,
    digest,
    is_float_like,
    is_number,
)
from gptcc_cli.checkers.rules import (
    TOO_MUCH_WORK,
    CheckerRules,
    Comparison,
    Layout,
    PermutedParts,
    exchangeable_parts,
    loosened,
)
from gptcc_cli.problem import Json, Order

_BOM = b"\xef\xbb\xbf"
_BLANKS = b" \t\n\v\f"
_BLANK = re.compile(rb"[ \t\n\v\f]")
_WORD = re.compile(rb"[^ \t\n\v\f]++")
# The look-behind keeps a long run of blanks from being scanned once per blank.
_TRAILING = re.compile(rb"(?<![ \t\v\f])[ \t\v\f]++(?=\n)")
_SHAPE = bytes(byte if byte in _BLANKS else ord("x") for byte in range(256))
_WINDOW_BYTES = 1 << 16
_BATCH = 4096
_SHOWN = 40


def compare_output(
    expected: Json, actual: bytes, rules: CheckerRules, test_input: str = ""
) -> Comparison:
    """Compare what a program printed with what it should print.

    Takes memory and time in proportion to the two texts, and at most ``MOST_WORK`` comparisons
    of words besides.

    Args:
        expected: the expected text, or a list of its lines.
        actual: the bytes on standard output.
        rules: the problem's rules.
        test_input: the input, which may say how many tests it holds.
    """
    wanted, got = _text(expected), actual
    if wanted != got:
        wanted, got = _normal(wanted), _normal(got)
    if wanted == got:
        return Comparison(matches=True)
    index = _first_difference(wanted, got, rules)
    if index is not None and rules.order is not Order.EXACT:
        failed = _compare_in_any_order(wanted, got, rules, test_input)
        if failed is not None:
            return failed
    elif index is not None:
        return Comparison(matches=False, detail=_describe(wanted, got, index))
    if _layout(wanted, rules) == _layout(got, rules):
        return Comparison(matches=True)
    if rules.layout is Layout.STRICT:
        return Comparison(matches=False, layout_differs=True, detail=_describe_layout(wanted, got))
    return Comparison(matches=True, layout_differs=True)


def _text(expected: Json) -> bytes:
    """The expected output as bytes; a list is its lines."""
    if isinstance(expected, list):
        return b"\n".join(map(_text, expected))
    text = expected if isinstance(expected, str) else str(expected)
    return text.encode("utf-8", errors="surrogatepass")


def _normal(data: bytes) -> bytes:
    """Drop the byte-order mark, carriage returns, trailing blanks and trailing blank lines."""
    data = data.removeprefix(_BOM)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if any(blank + b"\n" in data for blank in (b" ", b"\t", b"\v", b"\f")):
        data = _TRAILING.sub(b"", data)
    return data.rstrip(_BLANKS)


def _words(data: bytes) -> Iterator[bytes]:
    """The words in order, without holding all of them at once."""
    return chain.from_iterable(data[start:end].split() for start, end in _windows(data))


def _windows(data: bytes) -> Iterator[tuple[int, int]]:
    """Parts of the text, as offsets, that end between words."""
    start = 0
    while start < len(data):
        blank = _BLANK.search(data, start + _WINDOW_BYTES)
        end = blank.start() if blank else len(data)
        yield start, end
        start = end


def _first_difference(wanted: bytes, got: bytes, rules: CheckerRules) -> int | None:
    """The index of the first word that is not as good as the expected one."""
    left, right = _words(wanted), _words(got)
    index = 0
    while True:
        expected, actual = list(islice(left, _BATCH)), list(islice(right, _BATCH))
        if expected != actual:
            found = _difference_in_batch(expected, actual, rules)
            if found is not None:
                return index + found
        if not expected:
            return None
        index += len(expected)


def _difference_in_batch(
    expected: list[bytes], actual: list[bytes], rules: CheckerRules
) -> int | None:
    same: set[tuple[bytes, bytes]] = set()
    for index, pair in enumerate(zip_longest(expected, actual)):
        left, right = pair
        if left == right or pair in same:
            continue
        if left is None or right is None or not _same(left, right, rules):
            return index
        same.add((left, right))
    return None


def _same(expected: bytes, actual: bytes, rules: CheckerRules) -> bool:
    """Whether two words mean the same under the rules."""
    if expected == actual or (rules.ignore_case and _fold(expected) == _fold(actual)):
        return True
    return close_words(expected, actual, rules.tolerance, float_problem=rules.float_problem)


def _fold(text: bytes) -> bytes:
    """Lower case, beyond ASCII too."""
    if text.isascii():
        return text.lower()
    return text.decode(errors="surrogateescape").lower().encode(errors="surrogateescape")


def _compare_in_any_order(
    wanted: bytes, got: bytes, rules: CheckerRules, test_input: str
) -> Comparison | None:
    """Compare what is not equal in order; ``None``: it is right in another order."""
    if rules.ignore_case:
        wanted, got = _fold(wanted), _fold(got)
    # Nothing is held of an output that has more words, or fewer, than can be paired.
    if _count(wanted) != _count(got):
        return Comparison(matches=False, detail=_difference_of_words(wanted, got))
    pairing = _Pairing(rules, n_bytes=len(wanted) + len(got))
    try:
        left, right = _parts(wanted, rules.order), _parts(got, rules.order)
        if not rules.order_is_read and rules.order is not Order.ITEMS:
            found = pairing.difference(left, right)
            return None if found is None else Comparison(matches=False, detail=found)
        left, right = _parts(wanted, Order.LINES), _parts(got, Order.LINES)
        groups = exchangeable_parts(left, rules, test_input)
        if groups is not None and pairing.matches(left, right, groups):
            return None
        found = pairing.difference(wanted.split(), got.split())
        if found is None and groups is not None:
            is_possible = pairing.matches(left, right, loosened(groups, len(left)))
            found = None if is_possible else "the same words, but others than those in any order"
    except TooMuchWorkError:
        return Comparison(matches=False, undecided=True, detail=TOO_MUCH_WORK)
    if found is not None:
        return Comparison(matches=False, detail=found)
    return Comparison(matches=False, undecided=True, detail="the same words in another order")


class _Pairing:
    """Compares parts of two outputs in any order."""

    def __init__(self, rules: CheckerRules, *, n_bytes: int) -> None:
        self._rules = rules
        self._work = Work(MOST_WORK + n_bytes)

    def difference(self, expected: list[bytes], actual: list[bytes]) -> str | None:
        """What is missing or too much when the parts may come in any order."""
        found = difference(
            expected,
            actual,
            equal=self._equal,
            key=bytes,
            order=_numeric_key,
            sorting_decides=all(is_number(part) for part in expected),
        )
        if found is None:
            return None
        missing, extra = found
        return f"in any order: expected {_show(missing[:1])}, got {_show(extra[:1])}"

    def matches(
        self, expected: list[bytes], actual: list[bytes], groups: list[PermutedParts]
    ) -> bool:
        """Whether the lines are equal, but for the order inside each group."""
        if len(expected) != len(actual):
            return False
        at = 0
        for group in groups:
            if not all(map(self._equal, expected[at : group.start], actual[at : group.start])):
                return False
            left, right = expected[group.start : group.end], actual[group.start : group.end]
            at = group.end
            if group.n_fixed_words is not None:
                words, others = left[0].split(), right[0].split()
                n = group.n_fixed_words
                if len(words) != len(others) or not all(map(self._equal, words[:n], others[:n])):
                    return False
                left, right = words[n:], others[n:]
            if self.difference(left, right) is not None:
                return False
        return all(map(self._equal, expected[at:], actual[at:]))

    def _equal(self, left: bytes, right: bytes) -> bool:
        if left == right:
            return True
        self._work.spend(1 + len(left) // 4)
        one, other = left.split(), right.split()
        if len(one) != len(other):
            return False
        return all(a == b or _same(a, b, self._rules) for a, b in zip(one, other, strict=True))


def _count(data: bytes) -> int:
    return sum(len(data[start:end].split()) for start, end in _windows(data))


def _difference_of_words(wanted: bytes, got: bytes) -> str:
    """Name a word that is missing or too much, holding those of the expected text alone."""
    left = Counter(_words(wanted))
    extra: list[bytes] = []
    for word in _words(got):
        if left[word] > 0:
            left[word] -= 1
        else:
            extra = extra or [word]
    missing = [word for word in _words(wanted) if left[word] > 0][:1]
    return f"in any order: expected {_show(missing)}, got {_show(extra)}"


def _parts(data: bytes, order: Order) -> list[bytes]:
    """The lines or words that may be exchanged, without layout."""
    if order is Order.ANY:
        return data.split()
    return [b" ".join(line.split()) for line in data.split(b"\n") if line.strip()]


def _numeric_key(part: bytes) -> tuple[tuple[float, bytes], ...]:
    """Sort numbers by value, so that numbers that are close to each other meet."""
    return tuple(
        (float(word), b"") if is_number(word) else (float("-inf"), word) for word in part.split()
    )


def _layout(data: bytes, rules: CheckerRules) -> bytes:
    """The text with every word replaced by ``x``: what is left is layout."""
    shape = _shape(data)
    if rules.order is Order.LINES:
        return b"\n".join(sorted(shape.split(b"\n")))
    return shape


def _shape(data: bytes) -> bytes:
    shape = data.translate(_SHAPE)
    while b"xx" in shape:  # halves the longest word each time
        shape = shape.replace(b"xx", b"x")
    return shape


def _describe(wanted: bytes, got: bytes, index: int) -> str:
    """Say where the first difference is: ``line 2: expected '3', got '4'``."""
    if not got:
        return f"expected {_show(islice(_words(wanted), 1))}, got no output"
    left, right = _word_at(wanted, index), _word_at(got, index)
    data, word = (got, right) if right else (wanted, left)
    assert word is not None
    start = data.rfind(b"\n", 0, word.start()) + 1
    line = data.count(b"\n", 0, start) + 1
    end = data.find(b"\n", start)
    before = len(data[start : word.start()].split())
    alone = before == 0 and not data[word.end() : len(data) if end < 0 else end].strip()
    place = f"line {line}" if alone else f"line {line}, word {before + 1}"
    one, other = ([match.group()] if match else [] for match in (left, right))
    return f"{place}: expected {_show(one)}, got {_show(other)}"


def _word_at(data: bytes, index: int) -> re.Match[bytes] | None:
    """The word with this index, from 0; ``None``: there are not so many."""
    for start, end in _windows(data):
        count = len(data[start:end].split())
        if index < count:
            return next(islice(_WORD.finditer(data, start, end), index, None))
        index -= count
    return None


def _describe_layout(wanted: bytes, got: bytes) -> str:
    """Say which line is laid out differently."""
    lines = zip_longest(wanted.split(b"\n"), got.split(b"\n"))
    for number, (left, right) in enumerate(lines, 1):
        if left == right or (
            left is not None and right is not None and _shape(left) == _shape(right)
        ):
            continue
        one, other = ([] if line is None else [line] for line in (left, right))
        return f"layout of line {number}: expected {_show(one)}, got {_show(other)}"
    return "the layout differs"


def _show(words: Iterable[bytes]) -> str:
    """Quote at most one word, shortened, with control characters escaped."""
    for word in words:
        text = word[: 4 * _SHOWN].decode("utf-8", errors="backslashreplace")
        return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
    return "nothing"


_FORM_BYTES = 1 << 20


def output_form(stdout: bytes, rules: CheckerRules) -> str:
    """A digest of what a program printed; at most the first mebibyte counts."""
    text = stdout[:_FORM_BYTES].removeprefix(b"\xef\xbb\xbf")
    text = text.lower() if rules.ignore_case else text
    lines = [
        b" ".join(_canonical_word(word, rules) for word in line.split())
        for line in text.split(b"\n")
    ]
    if rules.order is Order.ITEMS:
        lines = [b" ".join(sorted(line.split())) for line in lines]
    if rules.order is Order.LINES:
        lines.sort()
    words = b" ".join(line for line in lines if line)
    if rules.order is Order.ANY:
        words = b" ".join(sorted(words.split()))
    return digest(words)


def _canonical_word(word: bytes, rules: CheckerRules) -> bytes:
    if not is_float_like(word) and not (rules.float_problem and is_number(word)):
        return word
    return f"{float(word):.{CANONICAL_DIGITS}g}".encode() if len(word) < 400 else word

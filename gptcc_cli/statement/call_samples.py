"""Call-based statements -> the calls printed in them and what they return.

Covers calls written out by name: doctests, and the arrows, equal signs, comments and verbs of
Codewars and HumanEval. Covers neither the ``Input:``/``Output:`` layout of LeetCode
(``named_samples``) nor standard input.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gptcc_cli.problem import Json, Span
from gptcc_cli.statement.literals import NotALiteral, read_literal
from gptcc_cli.statement.signatures import Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A call and what it returns."""

    arguments: tuple[Json, ...]
    expected: Json
    span: Span


def find_calls(statement: str, signature: Signature) -> Iterator[Example]:
    """Yield every call of the function whose value stands beside it or on the next line."""
    call = re.compile(rf"(?<![\w.]){re.escape(signature.name)}[ \t]?\(")
    for match in call.finditer(statement):
        line_start = statement.rfind("\n", max(0, match.start() - 500), match.start()) + 1
        before = statement[max(line_start, match.start() - 200) : match.start()]
        if not _LEADS.search(before):
            continue
        try:
            arguments, end = read_arguments(statement, match.end(), signature)
        except NotALiteral:
            continue
        found = _answer(statement, end, doctest=">>>" in before)
        if found is not None and signature.takes(len(arguments)):
            value, value_end = found
            yield Example(arguments=arguments, expected=value, span=(match.start(), value_end))


def read_arguments(text: str, at: int, signature: Signature) -> tuple[tuple[Json, ...], int]:
    """Read the arguments of a call up to its closing parenthesis.

    Args:
        text: where the call stands.
        at: the offset after the opening parenthesis.
        signature: what gives keyword arguments their places.

    Raises:
        NotALiteral: an argument is not a plain value, or the parenthesis is never closed.
    """
    arguments: list[Json] = []
    end = _BLANK.match(text, at).end()  # type: ignore[union-attr]
    while text[end : end + 1] != ")":
        keyword = _KEYWORD.match(text, end)
        if keyword:
            expected = signature.parameters[len(arguments) : len(arguments) + 1]
            if expected != (keyword.group(1),):
                raise NotALiteral(keyword.group(1))
            end = keyword.end()
        literal = read_literal(text, end)
        arguments.append(literal.value)
        end = _BLANK.match(text, literal.end).end()  # type: ignore[union-attr]
        if text[end : end + 1] == ",":
            end = _BLANK.match(text, end + 1).end()  # type: ignore[union-attr]
        elif text[end : end + 1] != ")":
            raise NotALiteral(text[end : end + 40])
    return tuple(arguments), end + 1


def _answer(text: str, at: int, *, doctest: bool) -> tuple[Json, int] | None:
    """Read the value that a call returns, from what stands after it."""
    link = _LINK.match(text, at)
    if link and link.group("link"):
        try:
            literal = read_literal(text, link.end())
        except NotALiteral:
            return None
        return (literal.value, literal.end) if _ends_well(text, literal.end) else None
    if not doctest:
        return None
    line_end = _DOCTEST.match(text, at)
    if line_end is None:
        return None
    try:
        literal = read_literal(text, line_end.end())
    except NotALiteral:
        return None
    rest = text[literal.end : literal.end + 80].split("\n", 1)[0]
    return None if rest.strip() else (literal.value, literal.end)


def _ends_well(text: str, at: int) -> bool:
    """Whether a value is over: nothing after it makes another value of it."""
    return _AFTER.match(text, at) is not None


_BLANK = re.compile(r"\s*")
_KEYWORD = re.compile(r"([A-Za-z_]\w{0,60})\s*=(?!=)\s*")
_LEADS = re.compile(r"(?:^|[\s`*>:;.,(\"“])$")
_VERB = (
    r"(?:,? ?which )?(?:(?:should|must|will|would|shall|to|ought to) )?(?:always )?"
    r"(?:returns?|returned|be|equals?|gives?|outputs?|yields?|produces?|evaluates? to|"
    r"results? in|is|are|prints?|becomes?)\b(?: (?:equal )?to\b)?"
    r"(?: the (?:value|number|string|array|list|integer))?"
)
_SIGN = r"(?:={1,4}>|={1,3}|-{1,4}>|~>|[➞→⇒⟶⟹➜⟼]|:)"
_LINK = re.compile(
    rf"[ \t`*]*;?[ \t`*]*(?P<link>(?:\n?[ \t]*(?:#|//|--(?!>))?[ \t]*(?:{_SIGN}|{_VERB})"
    rf"[ \t]*(?:{_SIGN}|{_VERB})?|(?:#|//)))[ \t`*]*:?[ \t`*]*",
    re.IGNORECASE,
)
_DOCTEST = re.compile(r"[ \t]*(?:#[^\n]*)?\n[ \t]*")
_AFTER = re.compile(
    r"[`*_]{0,3}[ \t]*(?:$|\n|#|//|--|/\*|\\n|\((?!\d)|[.,;:!](?=\s|$)|\[(?=[A-Za-z])|"
    r"(?:because|since|as|where|when|and|while|but|cause|due|for|after)\b)"
)

"""Call-based statements -> the calls printed in them and what they return.

Covers calls written out by name: doctests, asserts, and the arrows, equal signs, comments and
verbs of Codewars and HumanEval. Covers neither the ``Input:``/``Output:`` layout of LeetCode
(``named_samples``), nor examples that name no function (``loose_samples``), nor standard input.
"""

import builtins
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType

from gptcc_cli.problem import Json, Span
from gptcc_cli.statement.languages import late
from gptcc_cli.statement.literals import Literal, NotALiteral, read_literal
from gptcc_cli.statement.reading import StatementWarning
from gptcc_cli.statement.signatures import Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class CallExample:
    """A call and what it returns."""

    arguments: tuple[Json, ...]
    expected: Json
    span: Span
    wrapped: bool = False
    """Whether the value is a string in parentheses: perhaps a tuple that lost its comma."""


def find_calls(statement: str, signature: Signature) -> Iterator[CallExample]:
    """Yield every call of the function whose value stands with it."""
    said, named = _Announcements(statement), _Assignments(statement)
    none_is_said = _NONE.search(statement) is not None
    for match in islice(_calls_of(signature.name).finditer(statement), _MOST_CALLS):
        before = _before(statement, match.start())
        lead = _LEAD.search(before)
        if lead is None or _inside(before, lead):
            continue
        try:
            known = named.before(match.start())
            arguments, end = read_arguments(statement, match.end(), signature, known)
        except NotALiteral:
            continue
        if not signature.takes(len(arguments)):
            continue
        value = _value(statement, match.start(), end, lead) or said.value_for(match.start(), end)
        if value is not None and (value.value is not None or none_is_said or value.end != end):
            yield CallExample(
                arguments=arguments,
                expected=value.value,
                span=(match.start(), value.end if value.end > end else end),
                wrapped=statement[value.end - 1 : value.end] == ")",
            )


def find_alias(statement: str, signature: Signature) -> Signature | None:
    """Return the signature under the one other name that all examples use, if there is one.

    A statement may call the function by an older name than its starter code does.
    """
    names = set()
    for match in islice(_ANY_CALL.finditer(statement), _MOST_CALLS):
        if match.group(1) in _BUILTINS:
            continue
        try:
            _, end = read_arguments(statement, match.end(), signature)
        except NotALiteral:
            continue
        if _LINK.match(statement, end):
            names.add(match.group(1))
    if len(names) != 1:
        return None
    return Signature(
        name=names.pop(),
        parameters=signature.parameters,
        n_required=signature.n_required,
        nodes=signature.nodes,
    )


def find_unread(statement: str, signature: Signature) -> tuple[StatementWarning, ...]:
    """Return a warning for each line that shows a call and a result, but no plain values."""
    named = _Assignments(statement)
    warnings = []
    for match in islice(_calls_of(signature.name).finditer(statement), _MOST_CALLS):
        line_end = statement.find("\n", match.end())
        line_end = len(statement) if line_end < 0 else line_end
        rest = statement[match.end() : min(line_end, match.end() + 300)]
        if not _SHOWN.search(rest) or _DEFINED.search(_before(statement, match.start())):
            continue
        try:
            known = named.before(match.start())
            _, end = read_arguments(statement, match.end(), signature, known)
            link = _LINK.match(statement, end)
            if link is None or read_result(statement, link.end()) is not None:
                continue
        except NotALiteral:
            pass
        warnings.append(
            StatementWarning(
                message="A call is shown with its result, but not in values that can be read.",
                span=(match.start(), line_end),
            )
        )
    return tuple(warnings[:_MOST_WARNINGS])


def read_arguments(
    text: str, at: int, signature: Signature, known: Mapping[str, Json] = MappingProxyType({})
) -> tuple[tuple[Json, ...], int]:
    """Read the arguments of a call up to its closing parenthesis.

    Args:
        text: where the call stands.
        at: the offset after the opening parenthesis.
        signature: what gives keyword arguments their places.
        known: values that names in the call stand for.

    Raises:
        NotALiteral: an argument is not a plain value, or the parenthesis is never closed.
    """
    arguments: list[Json] = []
    end = _skip(text, at)
    while text[end : end + 1] != ")":
        keyword = _KEYWORD.match(text, end)
        if keyword:
            expected = signature.parameters[len(arguments) : len(arguments) + 1]
            if expected != (keyword.group(1),):
                raise NotALiteral(keyword.group(1))
            end = keyword.end()
        word = _NAME.match(text, end)
        if word and word.group() in known:
            literal = Literal(value=known[word.group()], end=word.end())
        else:
            literal = read_literal(text, end)
        arguments.append(literal.value)
        end = _skip(text, literal.end)
        if text[end : end + 1] == ",":
            end = _skip(text, end + 1)
        elif text[end : end + 1] != ")":
            raise NotALiteral(text[end : end + 40])
    return tuple(arguments), end + 1


def read_result(text: str, at: int) -> Literal | None:
    """Read a value that is a result: nothing after it makes another value of it.

    A sum that is worked out on the spot (``19 - 5 - 6 = 8``) gives what it comes to.
    """
    try:
        literal = read_literal(text, at)
        chain = _CHAIN.match(text, literal.end)
        if chain:
            literal = read_literal(text, chain.end())
    except NotALiteral:
        return None
    return literal if _AFTER.match(text, literal.end) else None


def _value(text: str, start: int, at: int, lead: re.Match[str]) -> Literal | None:
    """Read the value that a call returns, from what stands after it.

    A sentence below a fenced block speaks of the call in it only if that call is alone there.
    """
    if lead.group("equal"):
        second = _SECOND.match(text, at)
        return read_result(text, second.end()) if second else None
    link = _LINK.match(text, at)
    if link:
        alone = "```" not in link.group() or _FENCED.search(text[max(0, start - 300) : start])
        return read_result(text, link.end()) if alone else None
    if not lead.group("prompt"):
        return None
    below = _BELOW.match(text, at)
    if below is None:
        return None
    if below.group("nothing") is not None:
        return Literal(value=None, end=at)
    literal = read_result(text, below.end())
    return literal if literal and _LINE_END.match(text, literal.end) else None


class _Announcements:
    """Values said once, in a comment of their own, for the bare calls below it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._until = -1
        self._value: Literal | None = None
        self._comments = list(_COMMENT.finditer(text))
        self._next = 0

    def value_for(self, start: int, end: int) -> Literal | None:
        """Return the value announced for a call that stands alone on its line."""
        if not _LINE_END.match(self._text, end):
            return None
        while self._next < len(self._comments) and self._comments[self._next].end() <= start:
            comment = self._comments[self._next]
            self._next += 1
            self._value = read_result(self._text, comment.end())
            blank = _PARAGRAPH.search(self._text, comment.end())
            self._until = blank.start() if blank else len(self._text)
        if self._value is None or start >= self._until:
            return None
        return Literal(value=self._value.value, end=-1)


def _inside(before: str, lead: re.Match[str]) -> bool:
    """Whether a call is a part of something larger, whose value is not the call's."""
    if lead.group("equal") or lead.group("prompt"):
        return False
    if _NESTED.search(before):
        return True
    return _OPERATOR.search(before) is not None and not _BULLET.match(before)


class _Assignments:
    """Values that the examples give names to, ``ls = [1, 2]``, before they are passed on."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found = islice(_ASSIGNMENT.finditer(text), _MOST_CALLS)
        self._ahead = next(self._found, None)
        self._values: dict[str, Json] = {}

    def before(self, at: int) -> Mapping[str, Json]:
        """Return what names stand for at an offset; offsets must not decrease."""
        while self._ahead is not None and self._ahead.end() < at:
            name = self._ahead.group(1)
            value = read_result(self._text, self._ahead.end())
            self._values.pop(name, None)
            if value is not None:
                self._values[name] = value.value
            self._ahead = next(self._found, None)
        return self._values


def _calls_of(name: str) -> re.Pattern[str]:
    """Match calls of a function, in snake_case or camelCase alike."""
    parts = [part for part in re.split(r"_+|(?<=[a-z0-9])(?=[A-Z])", name) if part]
    loose = "_?".join(re.escape(part) for part in parts)
    return re.compile(
        rf"(?<![\w.])(?:[A-Z]\w{{0,40}}\.)?(?:{re.escape(name)}|(?i:{loose}))[ \t]?\("
    )


def _before(text: str, at: int) -> str:
    """Return what stands before an offset on its line, at most so much."""
    near = text[max(0, at - 200) : at]
    return near[near.rfind("\n") + 1 :]


def _skip(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


_BLANK = late(r"\s*")
_NAME = late(r"[A-Za-z_]\w{0,60}")
_ASSIGNMENT = late(
    r"(?m)^[ \t>`*-]{0,8}(?:[Ii]f |[Ff]or |[Gg]iven )?`?([A-Za-z_]\w{0,60})`?"
    r"[ \t]{0,9}=[ \t]{0,9}(?!=)"
)
_KEYWORD = late(r"([A-Za-z_]\w{0,60})\s*=(?!=)\s*")
_LEAD = late(
    r"(?P<equal>(?:assert_?(?:deep_?)?(?:equals?|similar)|assert\.\w{1,30}|expect)\([ \t]*)$"
    r"|(?P<prompt>>>>[ \t]*|In \[\d*\]:[ \t]*)$"
    r"|(?:^|[\s`*:;.,>\"“]|(?<![\w)\]])\()$",
    re.IGNORECASE,
)
_NESTED = late(r"\w\([^()]*$")
_OPERATOR = late(r"(?:[-+*/%=<>|&^!]|\b(?:not|never))[ \t]*$")
_BULLET = late(r"\s*(?:[-+*>•]{1,3}|\d{1,3}[.)])?\s*(?:[A-Za-z_]\w{0,40}\s*=)?\s*$")
_SECOND = late(r"\)?\s*(?:,|\.to(?:\.be|Be|Equal|\.equal|\.eql|StrictEqual)?\()\s*")
_VERB = (
    r"(?:(?:,\s?)?(?:which|it|and|the result|the output|the answer|result|output)\s)?"
    r"(?:(?:should|must|will|would|shall|to|ought to|can)\s+)?(?:always\s)?"
    r"(?:returns?|returned|returning|be|equals?|gives?|outputs?|yields?|produces?|"
    r"evaluates?\sto|results?\sin|is|are|prints?|becomes?|===?)\b(?:\s(?:equal\s)?to\b)?"
    r"(?:\s(?:the\s)?(?:value|number|string|array|list|integer)\b|\sas)?"
)
_SIGN = r"(?:={1,4}>|={1,3}|-{1,4}>|~>|[➞→⇒⟶⟹➜⟼↦]|:|\|)"
_GAP = r"[ \t]{0,20}+"
_GAP_MARKED = r"[ \t`*]{0,20}+"
_LINK = late(
    rf"{_GAP_MARKED}[;)]?{_GAP_MARKED}(?:"
    rf"(?:\n{_GAP})?(?:#|//|--(?![->])){_GAP}(?:(?:{_SIGN}|{_VERB}){_GAP}){{0,2}}"
    rf"|(?:\n{_GAP})?{_SIGN}{_GAP}(?:{_VERB}{_GAP})?{_SIGN}?"
    rf"|(?:,?\s?|\s{{0,9}}\n(?:[ \t]{{0,9}}```[ \t]{{0,9}}\n)?\s{{0,9}}){_VERB}\s{{0,20}}{_SIGN}?"
    rf"){_GAP}:?{_GAP}(?:\n{_GAP}(?=[\[{{(]))?[`*]{{0,3}}{_GAP}",
    re.IGNORECASE,
)
_FENCED = late(r"```[^\n]{0,40}\n\s{0,40}$")
_BELOW = late(r"[ \t]*(?:#[^\n]*)?(?:(?P<nothing>\n[ \t]*(?=\n|>>>|\Z))|\n[ \t]*|[ \t]+)")
_LINE_END = late(r"[ \t]*[;)`]{0,3}[ \t]*(?:#[^\n]*)?(?=\n|\Z)")
_NONE = late(r"\bNone\b")
_COMMENT = late(rf"(?m)^[ \t]*(?:#|//|--)[ \t]*(?:{_SIGN}[ \t]*)?{_VERB}[ \t]*:?[ \t]*")
_PARAGRAPH = late(r"\n[ \t]*(?:\n|#|//|--|```)")
_CHAIN = late(r"[ \t]*(?:[-+*/×·][ \t]?[\d(][\d.() \t]{0,30}){1,40}=[ \t]*")
_AFTER = late(
    r"[`*_]{0,3}[)\]\"”]?[ \t]{0,20}(?:\Z|"
    r"\n(?!\s{0,20}(?:[+.]\s{0,9}[\"'\[(]|={1,3}>|-{1,3}>))|"
    r"#|//|--(?!>)|/\*|\\n|\((?!\d)|[.,;:!](?=\s|\Z)|<-|"
    r"(?:because|since|as|where|when|and|while|but|cause|due|for|after|if|or else|in)\b|"
    r"Explanation)"
)
"""What may stand after a value without changing it."""
_SHOWN = late(rf"\)[ \t`*]{{0,20}}(?:{_SIGN}|#|//|(?i:(?:should\s)?returns?\b))")
_DEFINED = late(r"\bdef[ \t]+$")
_MOST_WARNINGS = 20
_ANY_CALL = late(r"(?<![\w.])([A-Za-z_]\w{0,60})\((?=[\[\"'({\d-])")
_MOST_CALLS = 2000
"""Nobody prints more examples than this; a machine might."""
_BUILTINS = frozenset(dir(builtins)) | {
    "sqrt", "log", "floor", "ceil", "assertEqual", "assert_equals", "expect", "f", "g",
}  # fmt: skip
"""Names that an example may call beside the function itself."""

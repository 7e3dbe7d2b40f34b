"""Call-based statements whose examples name no function -> samples.

Covers ``[1, 2, 3] => 6`` on a line of its own, ``For n = 3 the output should be 6`` and
``Given nums = [2, 7], target = 9, return [0, 1]``. Asked only when no call by name and no
``Input:``/``Output:`` was found; the number of values must be what the function takes.
"""

from collections.abc import Iterator
from itertools import islice

from gptcc_cli.problem import Json
from gptcc_cli.statement.call_samples import CallExample, read_result
from gptcc_cli.statement.languages import late
from gptcc_cli.statement.literals import NotALiteral
from gptcc_cli.statement.named_samples import in_order, read_named
from gptcc_cli.statement.signatures import Signature


def find_loose(statement: str, signature: Signature) -> Iterator[CallExample]:
    """Yield the examples of a function that they do not name."""
    yield from _said(statement, signature)
    yield from _drawn(statement, signature)


def _said(statement: str, signature: Signature) -> Iterator[CallExample]:
    """Yield ``For n = 3 the output should be 6``."""
    for match in _GIVEN.finditer(statement):
        try:
            names, values, end = read_named(statement, match.end())
        except NotALiteral:
            continue
        bare = match.group("bare") is not None
        known = bare or set(names) <= set(signature.parameters)
        if bare == any(names) or not (known or match.group("line")):
            continue
        result = _RESULT.match(statement, end)
        if result is None and known:
            result = _BELOW.match(statement, end)
        if result is None:
            continue
        arguments = in_order(names, values, signature)
        value = read_result(statement, result.end())
        if arguments is not None and value is not None:
            yield CallExample(
                arguments=arguments, expected=value.value, span=(match.start(), value.end)
            )


def _drawn(statement: str, signature: Signature) -> Iterator[CallExample]:
    """Yield ``[1, 2, 3] => 6`` and ``nums = [1, 2], k = 3 -> 6``, one on a line.

    All or none: where a line with an arrow can't be read, the others may mean something else,
    such as strings without their quotes, or the steps of a calculation.
    """
    section = _HEADING.search(statement) or _SECTION.search(statement)
    if section is None:
        return
    found = []
    for match in islice(_LINE.finditer(statement, section.end()), _MOST_LINES):
        example = _drawn_line(statement, match.end("lead"), signature)
        if example is None:
            return
        found.append(example)
    yield from found


def _drawn_line(statement: str, at: int, signature: Signature) -> CallExample | None:
    try:
        names, values, end = read_named(statement, at)
    except NotALiteral:
        return None
    arrow = _ARROW.match(statement, end)
    if arrow is None or not set(names) <= {"", *signature.parameters}:
        return None
    arguments = in_order(names, _spread(values, signature), signature)
    value = read_result(statement, arrow.end())
    if arguments is None or value is None:
        return None
    return CallExample(arguments=arguments, expected=value.value, span=(at, value.end))


def _spread(values: list[Json], signature: Signature) -> list[Json]:
    """Return the arguments that one list stands for, where the function takes several."""
    if len(values) == 1 and isinstance(values[0], list) and not signature.takes(1):
        return values[0]
    return values


_GIVEN = late(
    r"(?i)(?P<line>^[ \t>*#-]{0,8}|\n[ \t>*#-]{0,8})?"
    r"\b(?:for|given|if|when|with|let|passed)(?: the| an?| input| array| string| list| number){0,3}"
    r"[ \t]+(?:`?(?=[A-Za-z_]\w{0,60}`?[ \t]*=[^=])|(?P<bare>`?(?=[\[\"'])))"
)
_RESULT = late(
    r"(?i)`?[,;.:]?\s(?:(?![.!?]\s|\n[ \t]{0,20}\n)[^=]){0,160}?"
    r"\b(?:output|result|answer|function|return(?:s|ed)?|value)"
    r"(?:\s(?:value|array|string|of the function))?"
    r"(?:\s(?:should|must|will|would|has to))?(?:\s(?:be|is|are|equals?|return|output))?"
    r"(?:\s(?:return|equal to|the (?:array|string|list|value)))?\s*[:=]?\s*`?"
)
_BELOW = late(r"[,;]\s(?:(?![.!?]\s)[^`]){0,200}?\breturns?\s+")
"""The result of ``Given nums = ..., target = 9,`` may stand below the reason for it."""
_HEADING = late(
    r"(?im)^[^\w\n]{0,12}(?:for )?(?:some )?(?:examples?|samples?|test cases?)\b[^\w\n]{0,12}$"
)
_SECTION = late(r"(?im)^[^\n]{0,40}\b(?:examples?|e\.g|i\.e|samples?|test cases?)\b|```")
_SIGNS = (
    r"(?:={1,4}>|-{1,4}>|~>|[➞→⇒⟶⟹➜⟼]|"
    r"(?:(?:should|would|must)(?: also)? (?:return|be|give|output)|returns|becomes)\b)"
)
_LINE = late(
    r"(?m)^(?P<lead>[ \t>`]{0,8}(?:[*-][ \t]+`?|\d{1,2}[.)][ \t]+`?)?)"
    rf"(?=(?:[\[\"'({{\d-]|[A-Za-z_]\w{{0,60}}[ \t]?=|\w{{1,40}}[ \t]{{0,9}}{_SIGNS})"
    rf"[^\n]{{0,300}}?{_SIGNS})"
)
_ARROW = late(
    rf"[`*]{{0,3}}[ \t]{{0,20}}{_SIGNS}[ \t]{{0,20}}(?:(?i:returns?|should return))?"
    r"[ \t:]{0,20}[`*]{0,3}[ \t]{0,20}"
)
_MOST_LINES = 1000

"""Call-based statements in the layout of LeetCode -> samples.

Covers ``Input: nums = [2, 7], target = 9`` with ``Output: [0, 1]`` below it, values over several
lines, and the older ``Given nums = ..., return ...``. Covers no calls by name
(``call_samples``).
"""

import re
from collections.abc import Iterator

from gptcc_cli.problem import Json
from gptcc_cli.statement.call_samples import CallExample, read_result
from gptcc_cli.statement.literals import NotALiteral, read_literal
from gptcc_cli.statement.signatures import Signature


def find_named(statement: str, signature: Signature | None) -> Iterator[CallExample]:
    """Yield every pair of ``Input:`` and ``Output:`` whose values can be read."""
    for match in _INPUT.finditer(statement):
        try:
            names, values, end = read_named(statement, match.end())
        except NotALiteral:
            continue
        output = _OUTPUT.match(statement, end)
        value = read_result(statement, output.end()) if output else None
        arguments = in_order(names, values, signature)
        if arguments is not None and value is not None:
            yield CallExample(
                arguments=arguments, expected=value.value, span=(match.start(1), value.end)
            )


def read_named(text: str, at: int) -> tuple[list[str], list[Json], int]:
    """Read values that stand side by side, each with a name or without, as far as they go.

    Raises:
        NotALiteral: the first of them is not a plain value.
    """
    names: list[str] = []
    values: list[Json] = []
    end = end_of_last = at
    while True:
        name = _NAME.match(text, end)
        try:
            literal = read_literal(text, name.end() if name else end)
        except NotALiteral:
            if values:
                return names, values, end_of_last
            raise
        names.append(name.group(1) if name else "")
        values.append(literal.value)
        end_of_last = literal.end
        comma = _COMMA.match(text, literal.end)
        if comma is None:
            return names, values, end_of_last
        end = comma.end()


def in_order(
    names: list[str], values: list[Json], signature: Signature | None
) -> tuple[Json, ...] | None:
    """Bring named values into the function's order; ``None`` if it can't take so many."""
    if signature is None:
        return tuple(values)
    if not signature.takes(len(values)):
        return None
    if len(set(names)) == len(names) and set(names) == set(signature.parameters):
        by_name = dict(zip(names, values, strict=True))
        return tuple(by_name[name] for name in signature.parameters)
    return tuple(values)


_INPUT = re.compile(
    r"(?mi)^[ \t>*_`#-]{0,12}(inputs?|in)\b[ \t]{0,9}[*_`]{0,3}[ \t]{0,9}[:=](?!=)[*_`\s]{0,12}"
)
_OUTPUT = re.compile(
    r"[\s`*_;.,]{0,60}(?:expected )?(?:outputs?|out|results?|returns?|answer)"
    r"[ \t]{0,9}[*_`]{0,3}[ \t]{0,9}[:=](?!=)[*_`\s]{0,12}",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"\s*`?(?!(?:expected|outputs?|out|results?|answer|explanation|returns?)\b)([A-Za-z_]\w{0,60})(?:\[\s?\]){0,2}`?\s*[=:]\s*`?",
    re.I,
)
_COMMA = re.compile(
    r"`?(?:\s*[,，、]\s*(?:and\s+)?|\s+and\s+|\s*;\s*"
    r"|\s*\n\s*(?=(?!(?:expected|outputs?|out|results?|answer|explanation|returns?)\b)[A-Za-z_]\w{0,60}(?:\[\s?\]){0,2}\s*[=:]\s*[\[\"'({\d-]))",
    re.IGNORECASE,
)

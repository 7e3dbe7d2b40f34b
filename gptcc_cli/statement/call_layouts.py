"""Call-based statements -> samples, whichever layout they are printed in.

Asks the layouts in order of how sure they are, and settles doubles and contradictions between
what they give.
"""

import re
from dataclasses import replace

from gptcc_cli.problem import Json, SampleTest
from gptcc_cli.statement.call_samples import Example, find_alias, find_calls, find_unread
from gptcc_cli.statement.loose_samples import find_loose
from gptcc_cli.statement.named_samples import find_named
from gptcc_cli.statement.reading import StatementWarning
from gptcc_cli.statement.signatures import Signature


def find_call_samples(
    statement: str, signature: Signature | None
) -> tuple[tuple[SampleTest, ...], tuple[StatementWarning, ...]]:
    """Return the samples of a call-based statement, without doubles and contradictions.

    Args:
        statement: the text.
        signature: the function; ``None``: it is not known, and only layouts that show their
            arguments by name are read.
    """
    examples = sorted(_examples(statement, signature), key=lambda example: example.span)
    examples = _of_one_kind(_tuples(examples), statement, signature)
    kept, warnings = _settled(examples, statement)
    nodes = signature is not None and signature.nodes
    samples = tuple(
        SampleTest(
            name=f"sample {number}",
            input=example.arguments,
            expected=example.expected,
            span=example.span,
            suspect="nodes" if nodes else None,
        )
        for number, example in enumerate(kept, 1)
    )
    unread = find_unread(statement, signature) if signature else ()
    return samples, (*warnings, *unread)


def looks_called(statement: str) -> bool:
    """Whether the examples show arguments rather than lines of input.

    ``Input: nums = [1, 2], k = 3`` and ``Input: [1, 2]`` are arguments; ``Input: 3`` may be
    either, and is taken for a line.
    """
    found = list(find_named(statement, None))
    return bool(found) and all(
        _ARGUMENT.match(statement, example.span[0]) is not None for example in found
    )


def _examples(statement: str, signature: Signature | None) -> list[Example]:
    """Return the examples of the first layout that has any: the surest layouts come first."""
    found = list(find_named(statement, signature))
    if found or signature is None:
        return found
    found = list(find_calls(statement, signature))
    if found:
        return found
    alias = find_alias(statement, signature)
    if alias is not None:
        found = list(find_calls(statement, alias))
    return found or list(find_loose(statement, signature))


def _tuples(examples: list[Example]) -> list[Example]:
    """Mend ``("a")`` where the other answers are tuples: a tuple that lost its comma."""
    if not any(isinstance(example.expected, list) for example in examples):
        return examples
    return [
        replace(example, expected=[example.expected])
        if example.wrapped and not isinstance(example.expected, list)
        else example
        for example in examples
    ]


def _of_one_kind(
    examples: list[Example], statement: str, signature: Signature | None
) -> list[Example]:
    """Leave out the steps of a recurrence: ``f(1) = 3`` where f returns a list.

    Only where the statement defines the function by its own calls; elsewhere a function may
    return one kind or another.
    """
    kinds = {type(e.expected) for e in examples if isinstance(e.expected, list | int | float)}
    if list not in kinds or not kinds & {int, float} or signature is None:
        return examples
    if not re.search(rf"\b{re.escape(signature.name)}\([a-z]\)[ \t]*=", statement):
        return examples
    return [example for example in examples if isinstance(example.expected, list)]


def _settled(
    examples: list[Example], statement: str
) -> tuple[list[Example], list[StatementWarning]]:
    """Drop doubles; where one call has two answers, drop both."""
    by_call: dict[str, list[Example]] = {}
    for example in examples:
        by_call.setdefault(_key(list(example.arguments)), []).append(example)
    kept: list[Example] = []
    warnings: list[StatementWarning] = []
    for same in by_call.values():
        plain = [e for e in same if not _FOREIGN.match(statement[e.span[0] : e.span[1]][-200:])]
        answers = {_key(example.expected) for example in plain or same}
        if len(answers) == 1:
            kept.append((plain or same)[0])
            continue
        warnings.append(
            StatementWarning(
                message="The statement gives one call two different answers; neither is used.",
                span=same[0].span,
            )
        )
    return kept, warnings


def _key(value: Json) -> str:
    """Return a text that is equal for equal values; ``1``, ``1.0`` and ``True`` differ."""
    return repr(value)


_ARGUMENT = re.compile(
    r"inputs?[ \t]{0,9}[*_`]{0,3}[ \t]{0,9}[:=][*_`\s]{0,12}"
    r"(?:[\[\"'{]|[A-Za-z_]\w{0,60}`?\s{0,9}[=:])",
    re.IGNORECASE,
)
_FOREIGN = re.compile(r"(?s).*\{[^:]{1,150}\}[`)]?$")
"""Braces without a colon: another language's array, as statements for several languages have."""

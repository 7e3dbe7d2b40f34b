"""Call-based statements -> samples, whichever layout they are printed in.

Asks the layouts in order of how sure they are, and settles doubles and contradictions between
what they give.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from gptcc_cli.problem import Json, SampleTest, Span
from gptcc_cli.statement.call_samples import (
    CallExample,
    find_alias,
    find_calls,
    find_unread,
    read_result,
)
from gptcc_cli.statement.languages import is_english, lowered, vocabulary
from gptcc_cli.statement.literals import NotALiteral
from gptcc_cli.statement.loose_samples import find_loose
from gptcc_cli.statement.named_samples import find_named, in_order, read_named
from gptcc_cli.statement.reading import StatementWarning
from gptcc_cli.statement.signatures import Signature, any_arguments
from gptcc_cli.statement.stdin_samples import find_stdin_samples


def find_call_samples(
    statement: str, signature: Signature | None
) -> tuple[tuple[SampleTest, ...], tuple[StatementWarning, ...], str]:
    """Return the samples of a call-based statement, without doubles and contradictions.

    The third part names the layout they were found in.

    Args:
        statement: the text.
        signature: the function; ``None``: it is not known, and only layouts that show their
            arguments by name are read.
    """
    found, how = list(find_named(statement, signature)), "Input: and Output: with named values"
    if not found and signature is not None and list(find_named(statement, None)):
        return (), (_TOO_MANY,), how
    if not found and (not is_english(lowered(statement)) or _OPERATIONS.search(statement)):
        calls = _below_headings(statement, signature, named=True)
        if calls is not None:
            return *calls, "arguments below headings"
    if not found and signature is not None:
        found, how = _examples(statement, signature)
        calls = None if found else _below_headings(statement, signature)
        if calls is not None and calls[0]:
            return *calls, "arguments below headings"
    examples = sorted(found, key=lambda example: example.span)
    examples = _of_one_kind(_tuples(examples), statement, signature)
    kept, warnings = _settled(examples, statement)
    samples = _samples(kept, signature, statement)
    unread = find_unread(statement, signature) if signature else ()
    return samples, (*warnings, *unread), how


def _below_headings(
    statement: str, signature: Signature | None, *, named: bool = False
) -> tuple[tuple[SampleTest, ...], tuple[StatementWarning, ...]] | None:
    """Read what stands below headings of input and output as calls, if it is arguments.

    Args:
        statement: the text.
        signature: the function.
        named: whether only names, or operations on a class, are accepted as arguments.
    """
    samples = find_stdin_samples(statement).samples
    texts = [_bare(str(sample.input)) for sample in samples]
    if named and not all(_NAMED.match(text) or _OPERATIONS.match(text) for text in texts):
        return None
    return as_calls(samples, signature, statement) if samples else None


def as_calls(
    samples: Sequence[SampleTest], signature: Signature | None, statement: str
) -> tuple[tuple[SampleTest, ...], tuple[StatementWarning, ...]] | None:
    """Read samples whose inputs are written as arguments.

    Args:
        samples: inputs and outputs as text.
        signature: the function; ``None``: it is not known, so that only names tell arguments
            from lines of input.
        statement: the text they come from.

    Returns:
        The calls and what could not be read; ``None`` if the inputs are no arguments.
    """
    texts = [_bare(str(sample.input)) for sample in samples]
    operations = all(_OPERATIONS.match(text) for text in texts)
    loose = signature is not None and signature.parameters == any_arguments("").parameters
    if not samples or not (
        operations
        or (signature is not None and any(map(_opens_value, texts)) and not loose)
        or loose
        or (any(map(_NAMED.match, texts)) and all(map(_opens_value, texts)))
    ):
        return None
    warnings: list[StatementWarning] = []
    examples = []
    for sample, text in zip(samples, texts, strict=True):
        assert sample.span is not None
        function = None if operations else signature
        example = _example(text, _bare(str(sample.expected)), sample.span, function)
        if example is not None:
            examples.append(example)
        else:
            warnings.append(
                StatementWarning(
                    message="An example shows arguments or a result that can't be read as values.",
                    span=sample.span,
                )
            )
    settled, doubts = _settled(examples, statement)
    return _samples(settled, signature, statement), (*warnings, *doubts)


def _example(taken: str, given: str, span: Span, signature: Signature | None) -> CallExample | None:
    """Read an input as arguments and an output as the value they give."""
    try:
        names, values, end = read_named(taken, 0)
        while _NEXT_LINE.match(taken, end) and len(values) < _MOST_ARGUMENTS:
            more = read_named(taken, end)
            names, values, end = names + more[0], values + more[1], more[2]
    except NotALiteral:
        return None
    arguments = in_order(names, values, signature)
    result = read_result(given, 0)
    if arguments is None or taken[end:].strip("` \n"):
        return None
    if result is not None and not given[result.end :].strip("`. \n"):
        return CallExample(arguments=arguments, expected=result.value, span=span)
    if _WORD.fullmatch(given) and any(isinstance(value, str) for value in values):
        return CallExample(arguments=arguments, expected=given, span=span)
    return None


def _bare(text: str) -> str:
    """Return a text without the backticks that Markdown puts around values."""
    lines = [line.strip() for line in text.strip().split("\n")]
    return "\n".join(
        line[1:-1] if line[:1] == line[-1:] == "`" and "`" not in line[1:-1] else line
        for line in lines
    ).strip()


def _is_operations(example: CallExample) -> bool:
    """Whether an example names the operations on a class, and lists the arguments of each."""
    if len(example.arguments) < 2 or not isinstance(example.expected, list):
        return False
    names, arguments = example.arguments[:2]
    return (
        isinstance(names, list)
        and isinstance(arguments, list)
        and len(names) == len(arguments) == len(example.expected)
        and all(isinstance(name, str) and name.isidentifier() for name in names)
        and names[:1] != []
        and str(names[0])[0].isupper()
        and all(isinstance(values, list) for values in arguments)
    )


def _has_gaps(values: Sequence[Json], depth: int = 2) -> bool:
    """Whether a list has ``null`` beside other values, as a tree that is written level by level."""
    lists = [value for value in values if isinstance(value, list)]
    return any(
        (None in value and any(item is not None for item in value))
        or (depth > 1 and _has_gaps(value, depth - 1))
        for value in lists
    )


def _opens_value(text: str) -> bool:
    return _VALUE.match(text) is not None


def _samples(
    examples: Sequence[CallExample], signature: Signature | None, statement: str
) -> tuple[SampleTest, ...]:
    """Make samples of examples; linked nodes, which values only stand for, are suspect."""
    nodes = signature is not None and signature.nodes
    if (
        not nodes
        and not (signature and signature.annotated)
        and any(
            _has_gaps([*example.arguments, example.expected])
            or _NODE_NAME.search(statement, *example.span)
            or (isinstance(example.expected, list) and _ROOT.search(statement))
            for example in examples
        )
    ):
        lower = lowered(statement)
        nodes = any(word in lower for word in vocabulary().lists["nodes"])
    design = any(_is_operations(example) for example in examples)
    return tuple(
        SampleTest(
            name=f"sample {number}",
            input=example.arguments,
            expected=example.expected,
            span=example.span,
            suspect=_CLASS if design else "nodes" if nodes else None,
        )
        for number, example in enumerate(examples, 1)
    )


def looks_called(statement: str) -> bool:
    """Whether the examples show arguments rather than lines of input.

    ``Input: nums = [1, 2], k = 3`` and ``Input: [1, 2]`` are arguments; ``Input: 3`` may be
    either, and is taken for a line.
    """
    found = list(find_named(statement, None))
    return bool(found) and all(
        _ARGUMENT.match(statement, example.span[0]) is not None for example in found
    )


def _examples(statement: str, signature: Signature) -> tuple[list[CallExample], str]:
    """Return the examples of the first layout that has any: the surest layouts come first."""
    found = list(find_calls(statement, signature))
    if found:
        return found, "calls by name"
    alias = find_alias(statement, signature)
    if alias is not None:
        found = list(find_calls(statement, alias))
    if found:
        return found, f"calls of {alias.name if alias else signature.name}"
    return list(find_loose(statement, signature)), "values and results without a name"


def _tuples(examples: list[CallExample]) -> list[CallExample]:
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
    examples: list[CallExample], statement: str, signature: Signature | None
) -> list[CallExample]:
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
    examples: list[CallExample], statement: str
) -> tuple[list[CallExample], list[StatementWarning]]:
    """Drop doubles; where one call has two answers, drop both."""
    by_call: dict[str, list[CallExample]] = {}
    for example in examples:
        by_call.setdefault(_key(list(example.arguments)), []).append(example)
    kept: list[CallExample] = []
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
_CLASS = "operations on a class"
_TOO_MANY = StatementWarning(
    message="The examples give other arguments than the function takes, so they were left out."
)
_MOST_ARGUMENTS = 20
_NEXT_LINE = re.compile(r"[ \t`,]*\n\s*(?=\S)")
_NAMED = re.compile(r"[A-Za-z_]\w{0,60}(?:\[\s?\]){0,3}\s*[=:](?!=)\s*[\[\"'({\d.tfTFnN“-]")
_VALUE = re.compile(
    r"(?:[A-Za-z_]\w{0,60}(?:\[\s?\]){0,3}\s*[=:](?!=)\s*)?[\[\"'({\d.“-]|(?:true|false|null)\b"
    r"|[A-Za-z_]\w{0,60}(?:\[\s?\]){0,3}\s*=(?!=)",
    re.IGNORECASE,
)
_OPERATIONS = re.compile(r"\[\s*\"[A-Z]\w*\"\s*,\s*\"\w[^\]]{0,3000}\]\s*,?\s*\[\s*\[")
"""The operations on a class and their arguments, in two lists."""
_WORD = re.compile(r"[^\W\d_]{2,60}")
_ROOT = re.compile(r"\broot\b|根|adjList")
_NODE_NAME = re.compile(r"\b(?:root|head|list[12]|l[12]|headA|tree|lists|node)\d?\s*[=:]")
_FOREIGN = re.compile(r"(?s).*\{[^:]{1,150}\}[`)]?$")
"""Braces without a colon: another language's array, as statements for several languages have."""

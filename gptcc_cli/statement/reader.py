"""The way through the room: a statement's text in, a ``Reading`` out.

Decides whether a problem is call-based or reads standard input (never both), and asks the file
of each layout for its samples. Holds no layout itself.
"""

from collections.abc import Iterable

from gptcc_cli.problem import Mode, Problem, SampleTest
from gptcc_cli.statement.answers import read_answer_rules
from gptcc_cli.statement.call_samples import Example, find_calls
from gptcc_cli.statement.limits import read_memory_limit, read_time_limit
from gptcc_cli.statement.named_samples import find_named
from gptcc_cli.statement.reading import Reading, StatementWarning
from gptcc_cli.statement.signatures import Signature, find_signature
from gptcc_cli.statement.stdin_samples import find_stdin_samples


def read_statement(
    text: str,
    *,
    id: str,
    starter_code: str | None = None,
    entry_point: str | None = None,
) -> Reading:
    """Read a statement: its mode, samples, limits and answer rules.

    Never raises for what a text holds, and takes time in proportion to its length. What can't
    be understood is left out and named in the warnings.

    Args:
        text: the statement; CRLF line ends and a byte-order mark are taken off, and every span
            points into what is then left, which is ``Reading.problem.statement``.
        id: the problem's name, for messages and seeds.
        starter_code: the code that came beside it; ``None``: look for some in the text.
        entry_point: the function to call, where it is known.
    """
    statement = normalise(text)
    starter, signature = _starter(statement, starter_code, entry_point)
    call = signature is not None or entry_point is not None
    samples: tuple[SampleTest, ...]
    warnings: tuple[StatementWarning, ...]
    if call:
        samples, warnings = _call_samples(statement, signature)
    else:
        samples, warnings = find_stdin_samples(statement)
    problem = Problem(
        id=id,
        statement=statement,
        mode=Mode.CALL if call else Mode.STDIN,
        starter_code=starter,
        entry_point=signature.name if signature else entry_point,
        samples=samples,
        answer=read_answer_rules(statement),
        time_limit_s=read_time_limit(statement),
        memory_limit_bytes=read_memory_limit(statement),
    )
    return Reading(problem=problem, warnings=warnings)


def normalise(text: str) -> str:
    """Return the text with LF line ends and without a byte-order mark."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _starter(
    statement: str, starter_code: str | None, entry_point: str | None
) -> tuple[str, Signature | None]:
    """Return the starter code and the function it asks for."""
    if starter_code is not None:
        return starter_code, find_signature(starter_code, entry_point)
    return "", find_signature(statement, entry_point)


def _call_samples(
    statement: str, signature: Signature | None
) -> tuple[tuple[SampleTest, ...], tuple[StatementWarning, ...]]:
    """Return the samples of a call-based statement, without doubles and contradictions."""
    examples = list(find_named(statement, signature))
    if signature is not None and not examples:
        examples = list(find_calls(statement, signature))
    return _samples(examples)


def _samples(
    examples: Iterable[Example],
) -> tuple[tuple[SampleTest, ...], tuple[StatementWarning, ...]]:
    first: dict[str, Example] = {}
    contradicted: set[str] = set()
    for example in examples:
        key = repr(example.arguments)
        other = first.setdefault(key, example)
        if repr(other.expected) != repr(example.expected):
            contradicted.add(key)
    kept = [example for key, example in first.items() if key not in contradicted]
    samples = tuple(
        SampleTest(name=f"sample {i}", input=e.arguments, expected=e.expected, span=e.span)
        for i, e in enumerate(kept, 1)
    )
    warnings = tuple(
        StatementWarning(
            message="The statement gives two different answers for one call, so neither is used.",
            span=first[key].span,
        )
        for key in first
        if key in contradicted
    )
    return samples, warnings

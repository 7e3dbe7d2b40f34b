"""``gptcc check --problems``: statements and tests are read, and nothing is run."""

from collections.abc import Iterator
from pathlib import Path

from gptcc_cli.errors import ProblemError
from gptcc_cli.problem import SampleTest
from gptcc_cli.reading import understand
from gptcc_cli.sources import Source, read_sources, statement_file
from gptcc_cli.workspace import Outcome, problem_places


def outcomes_of_statements(paths: tuple[Path, ...]) -> Iterator[Outcome]:
    """Yield an outcome for each problem that the files concern, once each."""
    seen: set[Path] = set()
    for path in paths:
        try:
            places = [place for place in problem_places(path) if place not in seen]
        except ProblemError as error:
            yield Outcome(path=str(path), error=error.message, hint=error.hint)
            continue
        for place in places:
            seen.add(place)
            yield _outcome(place)


def _outcome(place: Path) -> Outcome:
    name = str(statement_file(place) or place)
    try:
        sources = read_sources(place)
        found = [_understood(source, name) for source in sources]
    except ProblemError as error:
        return Outcome(path=name, error=error.message, hint=error.hint)
    n_tests = sum(n for n, _ in found)
    return Outcome(
        path=name,
        verdict="OK" if n_tests else None,
        n_tests=n_tests,
        warnings=tuple(warning for _, warnings in found for warning in warnings),
    )


def _understood(source: Source, name: str) -> tuple[int, list[str]]:
    """Return how many tests a problem has to judge by, and what is odd about it."""
    reading = understand(source)
    problem = reading.problem
    warnings = []
    for warning in reading.warnings:
        line = _line(problem.statement, warning.span[0] if warning.span else 0)
        warnings.append(f"{name}:{line}: {warning.message}")
    warnings += [
        f"{name}:{_line(problem.statement, sample.span[0] if sample.span else 0)}: "
        f"{sample.name} can't be trusted ({sample.suspect})"
        for sample in problem.samples
        if isinstance(sample, SampleTest) and sample.suspect
    ]
    return len(problem.trusted_samples) + len(source.tests), warnings


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1

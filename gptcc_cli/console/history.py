"""The output of ``gptcc history``: a table of runs, one run in detail, differences of a replay."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from gptcc_cli.extraction import read_generated_tests
from gptcc_cli.history import Difference, RecordedProgram, RecordedRun, RunSummary
from gptcc_cli.options.solve_config import SolveConfig

_MAX_PROGRAMS = 10
_WIDTHS = {"problem": 28, "model": 36}
"""Columns that are shortened, and their widths."""
_UNLIMITED_N = 1_000_000
"""Recorded where a budget alone ends the run."""
_LINE = 100
"""The longest line that shows a generated test."""


def runs_table(runs: Sequence[RunSummary]) -> str:
    """Return a table of runs with aligned columns."""
    rows = [("run", "when", "problem", "model", "result", "candidates", "seconds")]
    rows += [
        (
            run.id,
            _local_time(run.started_s),
            _shorten(_problem_name(run), _WIDTHS["problem"]),
            _shorten(run.model, _WIDTHS["model"]),
            run.result.value,
            str(run.n_completions),
            "-" if run.duration_s is None else f"{run.duration_s:.1f}",
        )
        for run in runs
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    numbers = {5, 6}
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place in numbers else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def run_lines(run: RecordedRun) -> Iterator[str]:
    """Yield one run: facts, config, programs with their verdicts, and the answer."""
    summary = run.summary
    took = "" if summary.duration_s is None else f", {summary.duration_s:.1f} s"
    code = "" if summary.exit_code is None else f", exit code {summary.exit_code}"
    yield f"run {summary.id}: {summary.result.value}{code}"
    yield f"  when      {_local_time(summary.started_s)}{took}, gptcc {run.version}"
    yield f"  problem   {_problem_name(summary)} ({run.origin or 'unknown origin'})"
    yield f"  tests     {len(run.problem.samples)} samples, {len(run.tests)} given with --tests"
    yield from _generated_test_lines(run)
    commit = run.provenance.get("commit")
    yield f"  model     {summary.model}{f' (commit {commit})' if commit else ''}"
    settings = [f"{name}={_shown(value)}" for name, value in _settings(run.config)]
    yield f"  config    {' '.join(settings)}"
    if run.failure:
        yield f"  failure   {run.failure}"
    yield f"  found     {summary.n_completions} candidates, {len(run.programs)} different programs"
    if run.programs:
        yield ""
    for place, program in enumerate(run.programs[:_MAX_PROGRAMS], start=1):
        chosen = ">" if program.id == run.answer else " "
        yield f"{chosen} {place:3}  {program.verdict or '--':<3}  {_why(program)}"
    if len(run.programs) > _MAX_PROGRAMS:
        yield f"       ... and {len(run.programs) - _MAX_PROGRAMS} more"
    if run.best is not None:
        yield ""
        yield run.best.source.rstrip("\n")


def difference_lines(
    run: RecordedRun, found: Sequence[Difference], *, generated: bool
) -> Iterator[str]:
    """Yield a line for each difference, and a summary."""
    for one in found:
        yield f"{one.what}: was {one.was}, now {one.now}"
    texts = ", generated again" if generated else ""
    counted = f"{run.summary.n_completions} candidates{texts}, {len(run.programs)} programs"
    if found:
        noun = "difference" if len(found) == 1 else "differences"
        yield f"{len(found)} {noun} ({counted})"
    else:
        yield f"identical ({counted})"


def _generated_test_lines(run: RecordedRun) -> Iterator[str]:
    """Yield the usable tests that the model wrote."""
    if run.generated_tests_text is None:
        return
    asked = run.config.n_generated_tests
    generated_tests = read_generated_tests(run.generated_tests_text, run.problem, most=asked).kept
    yield f"  generated {len(generated_tests)} of {asked} tests"
    for generated_test in generated_tests:
        given = (
            list(generated_test.input)
            if isinstance(generated_test.input, tuple)
            else generated_test.input
        )
        yield _shorten(
            f"            {json.dumps(given)} -> {json.dumps(generated_test.answer)}", _LINE
        )


def _settings(config: SolveConfig) -> Iterator[tuple[str, Any]]:
    """Yield the settings of a run by name, except those that are unset or as usual."""
    for name, value in json.loads(config.to_json()).items():
        without_number = name == "n" and config.budget_s is not None and value >= _UNLIMITED_N
        # Where 0 says something, and what is on unless a user asks otherwise.
        shown = not value if name in ("check", "sandboxed") else value or name in ("seed", "top_k")
        if name != "version" and not without_number and shown:
            yield name, value


def _shown(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _why(program: RecordedProgram) -> str:
    if program.reason is not None:
        return program.reason
    n_tests = program.details.n_tests
    return f"passes {program.n_passed} of {n_tests}; the run ended before ranking"


def _problem_name(run: RunSummary) -> str:
    """Return the problem's id, or the title of a problem read from standard input."""
    return run.title or run.problem if run.problem == "stdin" else run.problem


def _local_time(at_s: float) -> str:
    return datetime.fromtimestamp(at_s).strftime("%Y-%m-%d %H:%M")


def _shorten(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"

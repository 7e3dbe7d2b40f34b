"""Past runs as people and programs see them: a table, a page of one run, records for JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from gptcc_cli.extraction import read_generated_tests
from gptcc_cli.history import Difference, RecordedProgram, RecordedRun, RunSummary
from gptcc_cli.options.solve_config import SolveConfig

_MOST_PROGRAMS = 10
_WIDTHS = {"problem": 28, "model": 36}
"""Columns that are cut short, and to how many letters."""
_UNLIMITED_N = 1_000_000
"""Recorded where a budget alone ends the run."""
_LINE = 100
"""Letters of a test that is shown."""


def runs_table(runs: Sequence[RunSummary]) -> str:
    """Return runs in aligned columns under a line of names."""
    rows = [("run", "when", "problem", "model", "result", "candidates", "seconds")]
    rows += [
        (
            run.id,
            _moment(run.started_s),
            _cut(_called(run), _WIDTHS["problem"]),
            _cut(run.model, _WIDTHS["model"]),
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
    """Yield one run as a page: facts, settings, programs in their order, the answer."""
    summary = run.summary
    took = "" if summary.duration_s is None else f", {summary.duration_s:.1f} s"
    code = "" if summary.exit_code is None else f", exit code {summary.exit_code}"
    yield f"run {summary.id}: {summary.result.value}{code}"
    yield f"  when      {_moment(summary.started_s)}{took}, gptcc {run.version}"
    yield f"  problem   {_called(summary)} ({run.origin or 'of unknown origin'})"
    yield f"  tests     {len(run.problem.samples)} samples, {len(run.tests)} given beside them"
    yield from _generated_test_lines(run)
    commit = run.provenance.get("commit")
    yield f"  model     {summary.model}{f' (commit {commit})' if commit else ''}"
    settings = [f"{name}={_shown(value)}" for name, value in _settings(run.config)]
    yield f"  settings  {' '.join(settings)}"
    if run.failure:
        yield f"  failure   {run.failure}"
    yield f"  written   {summary.n_completions} candidates, {len(run.programs)} different programs"
    if run.programs:
        yield ""
    for place, program in enumerate(run.programs[:_MOST_PROGRAMS], start=1):
        chosen = ">" if program.id == run.answer else " "
        yield f"{chosen} {place:3}  {program.verdict or '--':<3}  {_why(program)}"
    if len(run.programs) > _MOST_PROGRAMS:
        yield f"       and {len(run.programs) - _MOST_PROGRAMS} more"
    if run.best is not None:
        yield ""
        yield run.best.source.rstrip("\n")


def summary_record(run: RunSummary) -> dict[str, Any]:
    """Return what ``history list --json`` writes: schema ``gptcc.run/1``."""
    return {
        "run": run.id,
        "started": datetime.fromtimestamp(run.started_s).astimezone().isoformat("T", "seconds"),
        "duration_s": None if run.duration_s is None else round(run.duration_s, 3),
        "problem": run.problem,
        "title": run.title,
        "model": run.model,
        "result": run.result.value,
        "exit_code": run.exit_code,
        "n_completions": run.n_completions,
    }


def run_record(run: RecordedRun) -> dict[str, Any]:
    """Return what ``history show --json`` writes: ``gptcc.run/1`` with all that is kept.

    Expected outputs are not part of it; tests are named.
    """
    best = run.best
    return {
        **summary_record(run.summary),
        "statement": run.problem.statement,
        "origin": run.origin,
        "n_samples": len(run.problem.samples),
        "n_tests_beside": len(run.tests),
        "generated_tests_text": run.generated_tests_text,
        "config": json.loads(run.config.to_json()),
        "provenance": dict(run.provenance),
        "version": run.version,
        "failure": run.failure,
        "program": None if best is None else best.source,
        "programs": [_program_record(program) for program in run.programs],
    }


def difference_lines(
    run: RecordedRun, found: Sequence[Difference], *, generated: bool
) -> Iterator[str]:
    """Yield that a run came out as it was, or a line for each thing that did not."""
    for one in found:
        yield f"{one.what}: was {one.was}, now {one.now}"
    texts = ", written anew" if generated else ""
    counted = f"{run.summary.n_completions} candidates{texts}, {len(run.programs)} programs"
    if found:
        things = "thing differs" if len(found) == 1 else "things differ"
        yield f"{len(found)} {things} ({counted})"
    else:
        yield f"identical ({counted})"


def difference_record(
    run: RecordedRun, found: Sequence[Difference], *, generated: bool
) -> dict[str, Any]:
    """Return what ``history replay --json`` writes: schema ``gptcc.replay/1``."""
    return {
        "run": run.summary.id,
        "identical": not found,
        "generated": generated,
        "n_completions": run.summary.n_completions,
        "n_programs": len(run.programs),
        "differences": [{"what": one.what, "was": one.was, "now": one.now} for one in found],
    }


def _program_record(program: RecordedProgram) -> dict[str, Any]:
    return {
        "id": program.id,
        "rank": program.rank,
        "reason": program.reason,
        "verdict": program.verdict,
        "n_passed": program.n_passed,
        "indexes": list(program.indexes),
        **asdict(program.details),
        "cases": [asdict(case) for case in program.cases],
        "source": program.source,
    }


def _generated_test_lines(run: RecordedRun) -> Iterator[str]:
    """Yield the tests that the model wrote, as far as they could be used."""
    if run.generated_tests_text is None:
        return
    asked = run.config.n_generated_tests
    generated_tests = read_generated_tests(run.generated_tests_text, run.problem, most=asked).kept
    yield f"  written   {len(generated_tests)} of {asked} tests, by the model"
    for generated_test in generated_tests:
        given = (
            list(generated_test.input)
            if isinstance(generated_test.input, tuple)
            else generated_test.input
        )
        yield _cut(
            f"            {json.dumps(given)} gives {json.dumps(generated_test.answer)}", _LINE
        )


def _settings(config: SolveConfig) -> Iterator[tuple[str, Any]]:
    """Yield the settings of a run by name, except those that are unset or off."""
    for name, value in json.loads(config.to_json()).items():
        without_number = name == "n" and config.budget_s is not None and value >= _UNLIMITED_N
        if name != "version" and not without_number and value not in (None, False):
            yield name, value


def _shown(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _why(program: RecordedProgram) -> str:
    if program.reason is not None:
        return program.reason
    n_tests = program.details.n_tests
    return f"passes {program.n_passed} of {n_tests}; the run ended before it was ranked"


def _called(run: RunSummary) -> str:
    """Return the problem's id; of one from a pipe, how its statement begins."""
    return run.title or run.problem if run.problem == "stdin" else run.problem


def _moment(at_s: float) -> str:
    return datetime.fromtimestamp(at_s).strftime("%Y-%m-%d %H:%M")


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"

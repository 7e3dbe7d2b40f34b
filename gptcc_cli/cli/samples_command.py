"""What ``gptcc samples`` does, behind its options."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from gptcc_cli.cli.intake import named_or_piped
from gptcc_cli.cli.samples import Layout
from gptcc_cli.console import Reporter, write_answer, write_json
from gptcc_cli.console.samples import draw_samples, list_samples, sample_row, write_row
from gptcc_cli.errors import ExitCode, UsageError
from gptcc_cli.reading import understand
from gptcc_cli.sources import apps_tests, read_sources, write_oj
from gptcc_cli.sources.texts import read_text
from gptcc_cli.statement import Reading


def run(
    problems: Sequence[str] | None,
    layout: Layout,
    rows: bool,
    output: Path | None,
    starter: Path | None,
    quiet: bool,
) -> ExitCode:
    """Write the samples of every problem.

    Raises:
        UsageError: ``--output`` without ``--format oj`` or the other way round.
        ProblemError: a problem can't be read.
    """
    if (output is None) == (layout is Layout.OJ):
        raise UsageError(
            "--format oj and --output go together", hint="add: --format oj --output DIRECTORY"
        )
    readings = _readings(named_or_piped(problems, "samples"), starter)
    if rows:
        for reading in readings:
            write_row(reading)
        return ExitCode.DONE
    found = list(readings)
    _write(found, layout, output)
    reporter = Reporter(quiet=quiet)
    for reading in found:
        _tell(reading, reporter)
    some = any(reading.problem.samples for reading in found)
    return ExitCode.DONE if some else ExitCode.UNVERIFIED


def _readings(names: Sequence[str], starter: Path | None) -> Iterator[Reading]:
    """Read every problem, each when it is asked for."""
    starter_code = None if starter is None else read_text(starter)
    for name in names:
        for source in read_sources(name):
            given = source if starter_code is None else replace(source, starter_code=starter_code)
            yield understand(given)


def _write(readings: Sequence[Reading], layout: Layout, output: Path | None) -> None:
    several = len(readings) > 1
    if layout is Layout.TEXT and sys.stdout is not None and sys.stdout.isatty():
        draw_samples(readings)
        return
    for reading in readings:
        problem = reading.problem
        match layout:
            case Layout.TEXT:
                write_answer(list_samples(reading, title=several))
            case Layout.JSON:
                write_json("gptcc.samples/1", sample_row(reading))
            case Layout.APPS:
                tests = apps_tests(problem.samples, problem.entry_point)
                write_answer(json.dumps(tests, ensure_ascii=False))
            case Layout.OJ:
                assert output is not None
                write_oj(output / problem.id if several else output, problem.samples)


def _tell(reading: Reading, reporter: Reporter) -> None:
    """Say what could not be used, and where nothing was found."""
    for warning in reading.warnings:
        line = ""
        if warning.span is not None:
            number = reading.problem.statement.count("\n", 0, warning.span[0]) + 1
            line = f":{number}"
        reporter.warn(f"{reading.problem.id}{line}: {warning.message}")
    if not reading.problem.samples:
        reporter.info(f"{reading.problem.id}: no samples found")

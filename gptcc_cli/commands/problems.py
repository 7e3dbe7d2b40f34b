"""``gptcc samples``, ``listen``, ``init`` and ``new``: problems read, received and written."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from gptcc_cli.commands import named_or_piped
from gptcc_cli.console.reporter import Reporter, print_error, write_answer, write_json
from gptcc_cli.errors import ExitCode, ProblemError, UsageError
from gptcc_cli.options.problems import (
    InitOptions,
    ListenOptions,
    NewOptions,
    SampleFormat,
    SamplesOptions,
    Workflow,
)
from gptcc_cli.problem import IOTest
from gptcc_cli.reading import understand
from gptcc_cli.sources import Source, apps_tests, read_sources, write_oj, write_problem
from gptcc_cli.sources.texts import read_text
from gptcc_cli.statement import Reading
from gptcc_cli.workspace.scaffold import (
    blank_problem,
    workspace_changes,
    write_changes,
    write_new,
)


def samples(options: SamplesOptions) -> ExitCode:
    """Write the samples of every problem.

    Raises:
        UsageError: ``--output`` without ``--format oj`` or the other way round.
        ProblemError: a problem can't be read.
    """
    if (options.output is None) == (options.format_ is SampleFormat.OJ):
        raise UsageError(
            "--format oj and --output need each other", hint="use --format oj --output DIRECTORY"
        )
    readings = _readings(named_or_piped(options.problems, "samples"), options.starter)
    if options.rows:
        from gptcc_cli.console.samples import write_row

        for reading in readings:
            write_row(reading)
        return ExitCode.DONE
    found = list(readings)
    _write_samples(found, options)
    reporter = Reporter(quiet=options.quiet)
    for reading in found:
        problem = reading.problem
        for warning in reading.warnings:
            line = ""
            if warning.span is not None:
                line = f":{problem.statement.count(chr(10), 0, warning.span[0]) + 1}"
            reporter.warn(f"{problem.id}{line}: {warning.message}")
        if not problem.samples:
            reporter.info(f"{problem.id}: no samples found. {reading.no_samples or ''}".rstrip())
    some = any(reading.problem.samples for reading in found)
    return ExitCode.DONE if some else ExitCode.UNVERIFIED


def listen(options: ListenOptions) -> ExitCode:
    """Save problems as they arrive, until interrupted or enough have come.

    Raises:
        UsageError: the port is in use.
        OutputError: a problem can't be saved.
    """
    from gptcc_cli.sources.receiving import open_receiver

    reporter = Reporter(quiet=options.quiet)
    worst, n_saved = ExitCode.DONE, 0
    with open_receiver(options.port, lambda what: reporter.warn(f"refused {what}")) as receiver:
        reporter.info(f"listening on 127.0.0.1:{receiver.port}; send a problem from the browser")
        while options.count is None or n_saved < options.count:
            # Short waits, because an endless one can't be interrupted everywhere.
            source = receiver.wait(timeout_s=0.5)
            if source is None:
                continue
            n_saved += 1
            saved = _save(source, options, reporter)
            if options.solve and saved is not None:
                worst = max(worst, _solve_saved(saved))
    return worst


def init(options: InitOptions) -> None:
    """Write the files of a workspace and print what changes.

    Raises:
        UsageError: hooks can't be added to the configuration that exists.
        OutputError: a file can't be read or written.
    """
    changes = workspace_changes(
        options.directory, github=options.ci is Workflow.GITHUB, force=options.force
    )
    if not options.dry_run:
        write_changes(changes)
    for change in changes:
        write_answer(f"{change.kind} {change.path}")
        if change.kind == "change":
            write_answer(change.diff())
    if options.dry_run:
        print_error("nothing was written (--dry-run)")
    elif any(change.kind != "keep" for change in changes):
        print_error("next: pre-commit install --hook-type pre-commit --hook-type pre-push")


def new(options: NewOptions) -> None:
    """Write a problem's directory and print its files.

    Raises:
        UsageError: the directory exists already, or the name can't be one.
        ProblemError: there is no problem at the origin, or more than one.
        OutputError: it can't be written.
    """
    path, origin = Path(options.name), options.origin
    if not path.name:
        raise UsageError(f"{options.name!r} is not a name", hint="give one, such as two-sum")
    in_workspace = Path("gptcc.toml").is_file() and Path("problems").is_dir()
    directory = Path("problems") / path if len(path.parts) == 1 and in_workspace else path
    if directory.exists():
        raise UsageError(f"{str(directory)!r} exists already", hint="choose another name")
    if origin is None:
        files = {"problem.md": blank_problem(directory.name)}
    else:
        files = _files_of(_source_at(origin))
    write_new(directory, files)
    write_answer("\n".join(str(directory / file) for file in files))


def _readings(names: Sequence[str], starter: Path | None) -> Iterator[Reading]:
    """Read every problem, each when it is asked for."""
    starter_code = None if starter is None else read_text(starter)
    for name in names:
        for source in read_sources(name):
            given = source if starter_code is None else replace(source, starter_code=starter_code)
            yield understand(given)


def _write_samples(readings: Sequence[Reading], options: SamplesOptions) -> None:
    from gptcc_cli.console.samples import draw_samples, list_samples, sample_row

    several = len(readings) > 1
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    if options.format_ is SampleFormat.TEXT and is_terminal:
        draw_samples(readings)
        return
    for reading in readings:
        problem = reading.problem
        match options.format_:
            case SampleFormat.TEXT:
                write_answer(list_samples(reading, title=several))
            case SampleFormat.JSON:
                write_json("gptcc.samples/1", sample_row(reading))
            case SampleFormat.APPS:
                write_answer(_apps_tests(problem.samples, problem.entry_point))
            case SampleFormat.OJ:
                assert options.output is not None
                place = options.output / problem.id if several else options.output
                write_oj(place, problem.samples)


def _save(source: Source, options: ListenOptions, reporter: Reporter) -> Path | None:
    """Save a problem in a directory of its own, unless that exists."""
    target = options.output / source.id
    if target.exists() and not options.force:
        reporter.warn(f"{target} exists already", hint="overwrite it with --force")
        return None
    write_problem(target, source)
    write_answer(str(target))
    reporter.info(f"{target}: {len(source.samples or ())} samples")
    return target


def _solve_saved(problem: Path) -> ExitCode:
    """Solve a saved problem in a process of its own; the program goes next to the statement."""
    solution = problem / "solution.py"
    command = [sys.executable, "-m", "gptcc_cli", "solve", str(problem), "-o", str(solution)]
    code = subprocess.run(command, check=False).returncode
    return ExitCode(code) if code in set(ExitCode) else ExitCode.BUG


def _source_at(origin: str) -> Source:
    benchmark, colon, wanted = origin.rpartition(":")
    if colon and not Path(origin).exists():
        return _of_benchmark(benchmark, wanted)
    sources = read_sources(origin)
    if len(sources) > 1:
        raise ProblemError(
            f"{origin!r} holds {len(sources)} problems", hint="give one problem at a time"
        )
    return sources[0]


def _of_benchmark(name: str, wanted: str) -> Source:
    from gptcc_cli.benchmarks import Selection, open_benchmark, select

    benchmark = open_benchmark(name)
    # APPS calls its problems 0000 to 4999; people omit the zeros.
    padded = (entry.id for entry in benchmark.entries if entry.id.lstrip("0") == wanted.lstrip("0"))
    item = select(benchmark, Selection(ids=(next(padded, wanted),))).entries[0].load()
    problem = item.problem
    return Source(
        id=problem.id,
        statement=problem.statement,
        starter_code=problem.starter_code or None,
        entry_point=problem.entry_point,
        tests=item.tests,
        difficulty=problem.difficulty,
        url=problem.url,
    )


def _files_of(source: Source) -> dict[str, str]:
    statement = source.statement
    files = {"problem.md": statement if statement.endswith("\n") else statement + "\n"}
    if source.starter_code:
        files["starter_code.py"] = source.starter_code
    known = {"difficulty": source.difficulty, "url": source.url}
    if metadata := {key: value for key, value in known.items() if value}:
        files["metadata.json"] = json.dumps(metadata, ensure_ascii=False) + "\n"
    found = source.samples or ()
    if source.tests or any(isinstance(test.input, tuple) for test in found):
        tests = (*found, *source.tests)
        files["input_output.json"] = _apps_tests(tests, source.entry_point) + "\n"
        return files
    for number, test in enumerate(found, 1):
        files[f"tests/sample-{number}.in"] = str(test.input)
        files[f"tests/sample-{number}.out"] = str(test.expected)
    return files


def _apps_tests(tests: Sequence[IOTest], entry_point: str | None) -> str:
    return json.dumps(apps_tests(tests, entry_point), ensure_ascii=False)

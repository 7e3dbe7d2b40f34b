"""One ``gptcc new``: from a statement, wherever it comes from, to the files of a problem."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gptcc_cli.errors import ProblemError, UsageError
from gptcc_cli.problem import IOTest
from gptcc_cli.sources import Source, read_sources
from gptcc_cli.workspace.scaffold import blank_problem, write_new


def new_problem(name: str, origin: str | None) -> tuple[Path, ...]:
    """Write a problem's directory; return its files.

    Args:
        name: a name, or a path.
        origin: a statement, ``-``, or ``BENCHMARK:ID``; ``None``: a statement to fill in.

    Raises:
        UsageError: the directory is there already, or the name can't be one.
        ProblemError: there is no problem at the origin, or more than one.
        OutputError: it can't be written.
    """
    directory = _directory(name)
    if directory.exists():
        raise UsageError(f"{str(directory)!r} is there already", hint="choose another name")
    files = {"problem.md": blank_problem(directory.name)} if origin is None else _files(origin)
    write_new(directory, files)
    return tuple(directory / file for file in files)


def _directory(name: str) -> Path:
    path = Path(name)
    if not path.name:
        raise UsageError(f"{name!r} can't be a problem's name", hint="name one, such as two-sum")
    return Path("problems") / path if len(path.parts) == 1 and _in_workspace() else path


def _in_workspace() -> bool:
    return Path("gptcc.toml").is_file() and Path("problems").is_dir()


def _files(origin: str) -> dict[str, str]:
    benchmark, colon, wanted = origin.rpartition(":")
    if colon and not Path(origin).exists():
        return _files_of(_of_benchmark(benchmark, wanted))
    sources = read_sources(origin)
    if len(sources) > 1:
        raise ProblemError(
            f"{origin!r} holds {len(sources)} problems", hint="give one problem at a time"
        )
    return _files_of(sources[0])


def _of_benchmark(name: str, wanted: str) -> Source:
    from gptcc_cli.benchmarks import Selection, open_benchmark, select

    benchmark = open_benchmark(name)
    # APPS calls its problems 0000 to 4999; people leave the zeros out.
    padded = (entry.id for entry in benchmark.entries if entry.id.lstrip("0") == wanted.lstrip("0"))
    ids = (next(padded, wanted),)
    item = select(benchmark, Selection(ids=ids)).entries[0].load()
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
    samples = source.samples or ()
    if source.tests or any(isinstance(test.input, tuple) for test in samples):
        tests = (*samples, *source.tests)
        files["input_output.json"] = _apps_tests(tests, source.entry_point)
        return files
    for number, test in enumerate(samples, 1):
        files[f"tests/sample-{number}.in"] = str(test.input)
        files[f"tests/sample-{number}.out"] = str(test.expected)
    return files


def _apps_tests(tests: Sequence[IOTest], entry_point: str | None) -> str:
    """Return tests in the form of an APPS ``input_output.json``."""
    data: dict[str, Any] = {"fn_name": entry_point} if entry_point else {}
    data["inputs"] = [list(t.input) if isinstance(t.input, tuple) else t.input for t in tests]
    data["outputs"] = [test.expected for test in tests]
    return json.dumps(data, ensure_ascii=False) + "\n"

"""Problems and tests -> files, in layouts that other tools and ``read_sources`` read.

Covers APPS directories, online-judge-tools (``sample-1.in``/``.out``), cf-tool
(``in1.txt``/``ans1.txt``) and the directories of a workspace. A file is written aside and then
takes its name, so that half a file is never seen.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from gptcc_cli.atomic_writes import write_atomically
from gptcc_cli.errors import ProblemError
from gptcc_cli.problem import IOTest, Json, Problem
from gptcc_cli.sources.source import Source


def apps_tests(tests: Sequence[IOTest], entry_point: str | None = None) -> dict[str, Json]:
    """Return tests in the form of an APPS ``input_output.json``."""
    data: dict[str, Json] = {} if entry_point is None else {"fn_name": entry_point}
    data["inputs"] = [
        list(test.input) if isinstance(test.input, tuple) else test.input for test in tests
    ]
    data["outputs"] = [test.expected for test in tests]
    return data


def write_apps(directory: Path, problem: Problem, tests: Sequence[IOTest]) -> None:
    """Write an APPS directory: ``question.txt``, ``input_output.json`` and what else is known.

    Raises:
        OutputError: a file can't be written.
    """
    _write(directory / "question.txt", problem.statement)
    tests_json = json.dumps(apps_tests(tests, problem.entry_point), ensure_ascii=False)
    _write(directory / "input_output.json", tests_json + "\n")
    if problem.starter_code:
        _write(directory / "starter_code.py", problem.starter_code)
    known = {"difficulty": problem.difficulty, "url": problem.url}
    metadata = {key: value for key, value in known.items() if value is not None}
    if metadata:
        _write(directory / "metadata.json", json.dumps(metadata, ensure_ascii=False) + "\n")


def write_oj(directory: Path, tests: Sequence[IOTest]) -> None:
    """Write ``sample-1.in`` and ``sample-1.out`` as online-judge-tools names them.

    Raises:
        ProblemError: a test is a call, which these files can't hold.
        OutputError: a file can't be written.
    """
    for number, (given, expected) in enumerate(_texts(tests), 1):
        _write(directory / f"sample-{number}.in", given)
        _write(directory / f"sample-{number}.out", expected)


def write_cf(directory: Path, tests: Sequence[IOTest]) -> None:
    """Write ``in1.txt`` and ``ans1.txt`` as cf-tool names them.

    Raises:
        ProblemError: a test is a call, which these files can't hold.
        OutputError: a file can't be written.
    """
    for number, (given, expected) in enumerate(_texts(tests), 1):
        _write(directory / f"in{number}.txt", given)
        _write(directory / f"ans{number}.txt", expected)


def write_problem(directory: Path, source: Source) -> None:
    """Write a problem as a workspace keeps it: ``problem.md`` and ``tests/sample-1.in``.

    Raises:
        OutputError: a file can't be written.
    """
    write_oj(directory / "tests", source.samples or ())
    _write(directory / "problem.md", source.statement)


def _texts(tests: Sequence[IOTest]) -> list[tuple[str, str]]:
    texts = []
    for test in tests:
        if not isinstance(test.input, str) or not isinstance(test.expected, str):
            raise ProblemError(
                f"{test.name} is a call, and .in and .out files hold text only.",
                hint="choose the layout apps",
            )
        texts.append((test.input, test.expected))
    return texts


def _write(path: Path, text: str) -> None:
    write_atomically(path, text, make_parents=True, durable=True, hint="choose another directory")

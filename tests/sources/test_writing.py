"""What is written in a layout is read back from it."""

from pathlib import Path

import pytest

from gptcc_cli.errors import OutputError, ProblemError
from gptcc_cli.problem import IOTest, Mode, Problem, SampleTest
from gptcc_cli.reading import understand
from gptcc_cli.sources import (
    Source,
    read_sources,
    read_tests,
    write_apps,
    write_cf,
    write_oj,
    write_problem,
)

TESTS = tuple(
    IOTest(name=f"sample-{n}", input=f"{n}\n\n ünï {n} \n", expected=f"{n * n}\n")
    for n in range(1, 13)
)
CALL = IOTest(name="call", input=([1, 2], "x"), expected={"a": None})


def _content(tests: tuple[IOTest, ...]) -> list[tuple[object, object]]:
    return [(test.input, test.expected) for test in tests]


def test_oj_files_come_back(tmp_path: Path) -> None:
    write_oj(tmp_path, TESTS)
    assert read_tests(tmp_path) == TESTS


def test_cf_files_come_back(tmp_path: Path) -> None:
    write_cf(tmp_path, TESTS)
    assert _content(read_tests(tmp_path)) == _content(TESTS)


def test_an_apps_directory_comes_back(tmp_path: Path) -> None:
    problem = Problem(
        id="9",
        statement="Find it.\n",
        mode=Mode.CALL,
        entry_point="find",
        starter_code="def find(a, k):\n    ",
        difficulty="interview",
        url="https://judge.example",
    )
    write_apps(tmp_path / "9", problem, [CALL])
    (source,) = read_sources(tmp_path / "9")
    assert understand(source).problem == problem
    assert _content(source.tests) == _content((CALL,))


def test_a_saved_problem_comes_back_with_its_samples(tmp_path: Path) -> None:
    samples = tuple(SampleTest(name=t.name, input=t.input, expected=t.expected) for t in TESTS)
    source = Source(id="p", statement="# P\n", samples=samples)
    write_problem(tmp_path / "p", source)
    (back,) = read_sources(tmp_path / "p")
    assert (back.id, back.statement, back.samples) == ("p", "# P\n", samples)


def test_calls_do_not_fit_into_text_files(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="call is a call"):
        write_oj(tmp_path, [CALL])
    assert not list(tmp_path.iterdir())


def test_a_directory_that_can_not_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="can't be written"):
        write_oj(tmp_path / "file", TESTS)

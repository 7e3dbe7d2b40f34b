"""Packages of judges and folders of tools: which tests, which answer, which rules."""

import json
import zipfile
from pathlib import Path

import pytest

from gptcc_cli.errors import ProblemError
from gptcc_cli.problem import AnswerRules
from gptcc_cli.sources import read_sources, read_test_set, read_tests
from gptcc_cli.sources.packages import read_package


def lay(root: Path, files: dict[str, str]) -> Path:
    """Write files below a folder; a name with {in} and {out} is a pair that doubles."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def names(path: Path) -> list[str]:
    return [test.name for test in read_tests(path)]


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ("1.in", "1.out"),
        ("1.in", "1.ans"),
        ("1.in", "1.sol"),
        ("1.in", "1.diff"),
        ("1.in", "1.ok"),
        ("1.inp", "1.out"),
        ("SUM.INP", "SUM.OUT"),
        ("1.dat", "1.ans"),
        ("in1.txt", "ans1.txt"),
        ("input01.txt", "output01.txt"),
        ("input/input00.txt", "output/output00.txt"),
        ("in/x1.txt", "out/x1.txt"),
        ("in/abc0a.in", "out/abc0a.out"),
        ("I.1", "O.1"),
        ("a.cpp.in1", "a.cpp.ans1"),
        ("task.in.1a", "task.out.1a"),
        ("01", "01.a"),
        ("1/input.txt", "1/output.txt"),
        ("Test01/SUM.INP", "Test01/SUM.OUT"),
        ("data/deep/er/1.in", "data/deep/er/1.ans"),
    ],
)
def test_the_two_files_of_a_test_are_found(tmp_path: Path, given: str, answer: str) -> None:
    lay(tmp_path, {given: "1 2\n", answer: "3\n", "notes.txt": "x", "main.py": "pass"})
    (test,) = read_tests(tmp_path)
    assert (test.input, test.expected) == ("1 2\n", "3\n")


def test_the_answer_is_the_judges_and_not_what_a_program_left(tmp_path: Path) -> None:
    lay(tmp_path, {"1.in": "1 2\n", "1.out": "wrong\n", "1.ans": "3\n", "a.out": "\x7fELF"})
    (test,) = read_tests(tmp_path)
    assert test.expected == "3\n"


def test_tests_in_folders_below_are_not_passed_over(tmp_path: Path) -> None:
    lay(tmp_path, {"1.in": "1", "1.out": "1", "group2/2.in": "2", "group2/2.out": "2"})
    assert names(tmp_path) == ["1", "group2/2"]


def test_a_problem_below_keeps_its_tests(tmp_path: Path) -> None:
    lay(tmp_path, {"1.in": "1", "1.out": "1", "other/problem.md": "x", "other/2.in": "2"})
    assert names(tmp_path) == ["1"]


@pytest.mark.parametrize("lone", ["2.in", "2.out", "deep/2.ans"])
def test_half_a_test_is_an_error(tmp_path: Path, lone: str) -> None:
    lay(tmp_path, {"1.in": "1", "1.out": "1", lone: "2"})
    with pytest.raises(ProblemError, match="beside it"):
        read_tests(tmp_path)


KATTIS = {
    "problem.yaml": "name: Sum\n",
    "problem_statement/problem.en.tex": "\\problemname{Sum}\nAdd.\n",
    "data/sample/1.in": "1 2\n",
    "data/sample/1.ans": "3\n",
    "data/secret/g1/1.in": "4 5\n",
    "data/secret/g1/1.ans": "9\n",
    "data/secret/g1/1.in.statement": "shown",
    "submissions/accepted/a.in": "no test",
}


def test_kattis_package(tmp_path: Path) -> None:
    (source,) = read_sources(lay(tmp_path / "sum", KATTIS))
    assert source.id == "sum"
    assert "Add." in source.statement
    assert [test.input for test in source.samples or ()] == ["1 2\n"]
    assert [test.input for test in source.tests] == ["4 5\n"]
    assert source.answer == AnswerRules(ignore_case=True)
    assert names(tmp_path / "sum") == ["sample 1", "1"]


@pytest.mark.parametrize(
    ("settings", "rules"),
    [
        ("validator_flags: float_tolerance 1e-4", AnswerRules(tolerance=1e-4, ignore_case=True)),
        ("validator_flags: case_sensitive", AnswerRules()),
        ("validation: custom", AnswerRules(special_judge=True)),
    ],
)
def test_kattis_rules(tmp_path: Path, settings: str, rules: AnswerRules) -> None:
    lay(tmp_path, {**KATTIS, "problem.yaml": f"name: Sum\n{settings}\n"})
    package = read_package(tmp_path)
    assert package is not None
    assert package.answer == rules
    assert bool(package.checker) == rules.special_judge


def test_kattis_group_settings_hold(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {**KATTIS, "data/secret/test_group.yaml": "output_validator_args: [case_sensitive]"},
    )
    package = read_package(tmp_path)
    assert package is not None
    assert package.answer == AnswerRules()


@pytest.mark.parametrize(
    "files",
    [
        {**KATTIS, "problem.yaml": "validation: custom interactive\n"},
        {**KATTIS, "problem.yaml": "type: [pass-fail, interactive]\n"},
        {"init.yml": "interactive: {files: x.cpp}\n", "1.in": "1", "1.out": "1"},
        {"problem.xml": "<problem><assets><interactor/></assets></problem>"},
        {"testdata/config.yaml": "type: interactive\n", "testdata/1.in": "1"},
        {"cases/1.in": "1", "cases/1.out": "1", "interactive/x.idl": "x"},
    ],
)
def test_interactive_packages_are_refused(tmp_path: Path, files: dict[str, str]) -> None:
    with pytest.raises(ProblemError, match="interactive"):
        read_tests(lay(tmp_path, files))


POLYGON = """<problem><judging><testset name="tests"><time-limit>2000</time-limit>
<memory-limit>268435456</memory-limit><test-count>3</test-count>
<input-path-pattern>tests/%02d</input-path-pattern>
<answer-path-pattern>tests/%02d.a</answer-path-pattern>
<tests><test method="manual" sample="true"/><test method="manual"/><test/></tests>
</testset></judging><assets><checker name="{}"/></assets></problem>"""
PROPERTIES = {
    "name": "Sum",
    "legend": "Add two numbers.",
    "input": "Two numbers.",
    "output": "The sum.",
    "notes": "",
    "sampleTests": [{"input": "1 2\n", "output": "3\n"}],
}


@pytest.mark.parametrize(
    ("checker", "rules"),
    [
        ("std::wcmp.cpp", AnswerRules()),
        ("std::rcmp6.cpp", AnswerRules(tolerance=1e-6)),
        ("std::yesno.cpp", AnswerRules(ignore_case=True)),
        ("check.cpp", AnswerRules(special_judge=True)),
    ],
)
def test_polygon_package(tmp_path: Path, checker: str, rules: AnswerRules) -> None:
    lay(
        tmp_path,
        {
            "problem.xml": POLYGON.format(checker),
            "statements/english/problem-properties.json": json.dumps(PROPERTIES),
            "statements/russian/problem-properties.json": json.dumps({"name": "Сумма"}),
            "tests/01": "1 2\r\n",
            "tests/01.a": "3\r\n",
            "tests/02": "4 5\n",
            "tests/02.a": "9\n",
        },
    )
    (source,) = read_sources(tmp_path)
    assert source.answer == rules
    assert "Add two numbers." in source.statement
    assert [test.input for test in source.samples or ()] == ["1 2\n"]
    assert [test.input for test in source.tests] == ["4 5\n"]
    assert (source.time_limit_s, source.memory_limit_bytes) == (2.0, 268435456)
    assert any("1 of 3 tests have no files" in note for note in source.notes)


def test_dmoj_package(tmp_path: Path) -> None:
    settings = """
checker: {name: floats, args: {precision: 4}}
test_cases:
- {in: a.txt, out: b.txt, points: 0}
- batched:
  - {in: c.txt, out: d.txt}
  points: 50
"""
    lay(tmp_path, {"init.yml": settings, "a.txt": "1", "b.txt": "2", "c.txt": "3", "d.txt": "4"})
    package = read_package(tmp_path)
    assert package is not None
    assert [test.input for test in package.samples] == ["1"]
    assert [(test.name, test.expected) for test in package.tests] == [("case 2.1", "4")]
    assert package.answer == AnswerRules(tolerance=1e-4)


def test_dmoj_case_that_names_no_file_is_an_error(tmp_path: Path) -> None:
    lay(tmp_path, {"init.yml": "test_cases: [{in: gone.txt, out: b.txt}]", "b.txt": "1"})
    with pytest.raises(ProblemError, match="gone"):
        read_tests(tmp_path)


@pytest.mark.parametrize(
    ("files", "n_tests"),
    [
        ({"task.yaml": "time_limit: 1.0\ninfile: ''\noutfile: ''\n", "input/input0.txt": "1",
          "output/output0.txt": "1"}, 1),
        ({"config.yml": "time_limit: 5000\n", "in/abc1a.in": "1", "out/abc1a.out": "1"}, 1),
        ({"cases/1.in": "1", "cases/1.out": "1", "statements/es.markdown": "# D\n"}, 1),
        ({"testdata/1.in": "1", "testdata/1.out": "1", "problem_zh.md": "x"}, 1),
        ({".cph/.a.py_0.prob": json.dumps({"tests": [{"input": "1", "output": "1"}]})}, 1),
    ],
)  # fmt: skip
def test_other_packages(tmp_path: Path, files: dict[str, str], n_tests: int) -> None:
    assert len(read_tests(lay(tmp_path, files))) == n_tests


def test_a_zip_archive_is_read_as_the_folder_in_it(tmp_path: Path) -> None:
    place = tmp_path / "sum.zip"
    with zipfile.ZipFile(place, "w") as archive:
        for name, text in KATTIS.items():
            archive.writestr(f"sum/{name}", text)
    (source,) = read_sources(place)
    assert [test.input for test in source.tests] == ["4 5\n"]
    assert len(read_test_set(place).tests) == 2


def test_a_damaged_archive_is_an_error(tmp_path: Path) -> None:
    place = tmp_path / "sum.zip"
    place.write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(ProblemError, match="zip"):
        read_sources(place)


def test_an_archive_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "sum.zip"
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("1.in", "1" * 100)
    monkeypatch.setattr("gptcc_cli.sources.pairing.MOST_UNPACKED", 50)
    with pytest.raises(ProblemError, match="unpacks to 100 bytes"):
        read_tests(place)


@pytest.mark.parametrize("name", ["problem.yaml", "init.yml"])
def test_broken_settings_are_an_error(tmp_path: Path, name: str) -> None:
    lay(tmp_path, {name: "a: [", "data/secret/1.in": "1", "data/secret/1.ans": "1"})
    with pytest.raises(ProblemError, match="YAML"):
        read_tests(tmp_path)


def test_a_package_without_tests_is_no_folder_of_tests(tmp_path: Path) -> None:
    lay(tmp_path, {"config.yml": "title: x\n", "prog/abc.cpp": "", "out/abc1a.out": "1"})
    assert read_package(tmp_path) is None
    with pytest.raises(ProblemError, match="holds no tests"):
        read_tests(tmp_path)

"""What a place may hold, and what is said when it holds no problem."""

import io
import json
from pathlib import Path

import pytest

from gptcc_cli.errors import ProblemError
from gptcc_cli.problem import Mode
from gptcc_cli.reading import understand
from gptcc_cli.sources import read_sources, read_tests

STATEMENT = "Add two numbers.\n\nSample Input\n1 2\n\nSample Output\n3\n"


@pytest.mark.parametrize(
    "data",
    [
        STATEMENT.encode(),
        STATEMENT.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + STATEMENT.encode(),
        STATEMENT.encode("utf-16"),
        b"\xfe\xff" + STATEMENT.encode("utf-16-be"),
    ],
    ids=["utf-8", "crlf", "utf-8 with a mark", "utf-16-le", "utf-16-be"],
)
def test_every_encoding_that_says_so_is_read(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "add.txt"
    path.write_bytes(data)
    (source,) = read_sources(path)
    assert (source.id, source.statement) == ("add", STATEMENT)
    assert read_sources("-", stdin=io.BytesIO(data))[0].statement == STATEMENT


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "white space"),
        (b"\x00\x01\x02\x03", "binary"),
        (b"%PDF-1.4\n\xe2\xe3", "PDF"),
        ("Дано число. Выведите его квадрат, пожалуйста.".encode("cp1251"), "not UTF-8"),
        (b"caf\xe9 au lait", "not UTF-8"),
        (b"x" * 20_000_001, "20 MB"),
    ],
    ids=["empty", "blank", "binary", "pdf", "cp1251", "latin-1", "huge"],
)
def test_what_is_no_text_is_refused_with_a_hint(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "problem.txt"
    path.write_bytes(data)
    with pytest.raises(ProblemError, match=words) as refused:
        read_sources(path)
    assert refused.value.hint


def test_an_old_encoding_is_named_in_the_hint(tmp_path: Path) -> None:
    path = tmp_path / "problem.txt"
    path.write_bytes("Дано число. Выведите его квадрат, пожалуйста.".encode("cp1251"))
    with pytest.raises(ProblemError) as refused:
        read_sources(path)
    assert "CP1251" in str(refused.value.hint)


def test_a_missing_file_and_an_empty_directory_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="does not exist"):
        read_sources(tmp_path / "nowhere.txt")
    with pytest.raises(ProblemError, match="holds no problem"):
        read_sources(tmp_path)


def _apps(directory: Path) -> Path:
    directory.mkdir()
    (directory / "question.txt").write_text("Double it.\n")
    (directory / "starter_code.py").write_text("def double(n):\n\t")
    (directory / "metadata.json").write_text('{"difficulty": "interview", "url": "http://x"}')
    tests = {"fn_name": "double", "inputs": [[2], [0]], "outputs": [4, 0]}
    (directory / "input_output.json").write_text(json.dumps(tests))
    return directory


def test_an_apps_directory_keeps_its_hidden_tests_off_the_problem(tmp_path: Path) -> None:
    (source,) = read_sources(_apps(tmp_path / "0007"))
    problem = understand(source).problem
    assert (problem.id, problem.mode, problem.entry_point) == ("0007", Mode.CALL, "double")
    assert (problem.difficulty, problem.url) == ("interview", "http://x")
    assert problem.samples == ()
    assert [(test.input, test.expected) for test in source.tests] == [((2,), 4), ((0,), 0)]


def test_a_directory_of_apps_problems_gives_them_in_order(tmp_path: Path) -> None:
    for name in ("10", "9"):
        _apps(tmp_path / name)
    assert [source.id for source in read_sources(tmp_path)] == ["9", "10"]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("sample-1.in", "sample-1.out"), "sample-1"),
        (("a.in", "a.ans"), "a"),
        (("in1.txt", "ans1.txt"), "1"),
        (("input.txt", "output.txt"), "test"),
    ],
)
def test_test_directories_of_other_tools_are_read(
    tmp_path: Path, names: tuple[str, str], expected: str
) -> None:
    (tmp_path / names[0]).write_text("1 2\n")
    (tmp_path / names[1]).write_text("3\n")
    (test,) = read_tests(tmp_path)
    assert (test.name, test.input, test.expected) == (expected, "1 2\n", "3\n")


def test_a_test_without_its_output_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sample-1.in").write_text("1\n")
    with pytest.raises(ProblemError, match="no output"):
        read_tests(tmp_path)


def test_apps_tests_of_unequal_length_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "input_output.json"
    path.write_text('{"inputs": ["1"], "outputs": []}')
    with pytest.raises(ProblemError, match="1 inputs and 0 outputs"):
        read_tests(path)


def test_apps_lines_given_as_lists_become_text(tmp_path: Path) -> None:
    path = tmp_path / "input_output.json"
    path.write_text('{"inputs": [["1", "2"]], "outputs": [["3"]]}')
    (test,) = read_tests(path)
    assert (test.input, test.expected) == ("1\n2", "3")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("GB18030", "给定两个整数，求它们的和。输入格式：一行两个整数。"),
        ("BIG5", "給定兩個整數，求它們的和。輸入說明：一行兩個整數。"),
        ("CP949", "두 정수를 입력받아 합을 출력하시오."),
        ("SHIFT_JIS", "二つの整数が与えられる。和を求めよ。"),
        ("EUC-JP", "二つの整数が与えられる。和を求めよ。"),
        ("CP1251", "Даны два числа. Выведите их сумму."),
        ("KOI8-R", "Даны два числа. Выведите их сумму."),
        ("ISO-8859-1", "Dados dos números, añade uno. Línea única."),
    ],
)
def test_each_old_encoding_is_told_apart(tmp_path: Path, encoding: str, text: str) -> None:
    path = tmp_path / "statement.txt"
    path.write_bytes(text.encode(encoding))
    with pytest.raises(ProblemError) as refused:
        read_sources(path)
    assert f"-f {encoding} " in str(refused.value.hint)

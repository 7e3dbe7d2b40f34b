"""How a program begins, read off the samples; and that an opening really reads its samples."""

import contextlib
import io
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gptcc_cli.problem import Problem, SampleTest
from gptcc_cli.prompting.openings import indent_after, opening_for, opening_of

LIST = "list(map(int, input().split()))"


@pytest.mark.parametrize(
    ("pairs", "opening"),
    [
        ([("7", "28"), ("-3\n", "0")], "n = int(input())"),
        ([("3 4", "7")], "a, b = map(int, input().split())"),
        ([("1 2 3", "6"), ("4 5 6", "15")], "a, b, c = map(int, input().split())"),
        ([("1 2 3", "6"), ("4 5", "9")], f"numbers = {LIST}"),
        ([("1 2 3 4 5", "6")], f"numbers = {LIST}"),
        ([("hello", "h"), ("12", "1")], "s = input()"),
        ([("a b c", "c b a")], "s = input()"),
        ([("3\n1 2 3", "6"), ("1\n5", "5")], f"n = int(input())\nnumbers = {LIST}"),
        ([("2\nred blue", "2")], "n = int(input())\nwords = input().split()"),
        ([("5\nhello", "h")], "n = int(input())\ns = input()"),
        ([("2\n5\n6", "10\n12")], "t = int(input())\nfor _ in range(t):\n    n = int(input())"),
        (
            [("2\n1 2\n3 4", "3\n7"), ("1\n5 6", "11")],
            "t = int(input())\nfor _ in range(t):\n    a, b = map(int, input().split())",
        ),
        ([("2\nab\ncd", "ba\ndc")], "t = int(input())\nfor _ in range(t):\n    s = input()"),
        (
            [("2\n1\n5\n3\n1 2 3", "5\n6")],
            f"t = int(input())\nfor _ in range(t):\n    n = int(input())\n    numbers = {LIST}",
        ),
        ([("3\n4\n5\n6", "15")], "n = int(input())\nnumbers = [int(input()) for _ in range(n)]"),
        ([("3\na\nb\na", "2")], "n = int(input())\nwords = [input() for _ in range(n)]"),
        ([("2\n1 2\n3 4", "10")], f"n = int(input())\nrows = [{LIST} for _ in range(n)]"),
        ([("4 2\n1 2 3 4", "2")], f"n, k = map(int, input().split())\nnumbers = {LIST}"),
        (
            [("2 3\n1 2 3\n4 5 6", "21")],
            f"n, m = map(int, input().split())\nrows = [{LIST} for _ in range(n)]",
        ),
        (
            [("2 3\n#.#\n...", "4")],
            "n, m = map(int, input().split())\nrows = [input() for _ in range(n)]",
        ),
        ([("12\n5", "2"), ("3\n4", "3")], "a = int(input())\nb = int(input())"),
        ([("apple\npear", "YES")], "s = input()\nt = input()"),
        ([("apple\n3", "e")], "s = input()\na = int(input())"),
        (
            [("2\n3 4\n5 6", "8"), ("3\n1 2 3\n4 5 6", "9")],
            f"n = int(input())\nnumbers = {LIST}\nothers = {LIST}",
        ),
        (
            [("3 2\n3 4 1\n5 6", "8")],
            f"n, k = map(int, input().split())\nnumbers = {LIST}\nothers = {LIST}",
        ),
        ([("5 2\nabcde", "c")], "n, k = map(int, input().split())\ns = input()"),
        (
            [("3 2 1\nred\nblue", "2")],
            "n, k, m = map(int, input().split())\ns = input()\nt = input()",
        ),
        ([("4\n3 4 1 1\n5", "4")], f"n = int(input())\nnumbers = {LIST}\nk = int(input())"),
        ([("1\n2\n3 4\n5 6 7", "?")], ""),
        ([("4\n3 4 1 1\n5 1", "?")], ""),
        ([("3 4", "7"), ("3\n1 2 3", "6")], ""),
        ([("", "0")], ""),
        ([], ""),
    ],
)
def test_the_layout_of_the_samples_says_how_they_are_read(
    pairs: Sequence[tuple[str, str]], opening: str
) -> None:
    assert opening_for(pairs) == opening


def read_with(opening: str, text: str) -> list[str]:
    """Run an opening of ours on an input; return the lines it left unread."""
    stream = io.StringIO(text)
    body = opening + ("\n        pass" if opening.rstrip().endswith(":") else "")
    lines = iter(stream.read().splitlines())
    with contextlib.redirect_stdout(io.StringIO()):
        exec(body, {"input": lambda: next(lines)})  # noqa: S102 - our own fixed lines
    return list(lines)


ROW = st.lists(st.integers(-99, 99), min_size=1, max_size=5).map(
    lambda row: " ".join(map(str, row))
)
TEXT = st.text("abc #.", min_size=1, max_size=8).filter(str.strip)


@given(
    st.lists(
        st.tuples(
            st.lists(st.one_of(ROW, TEXT), min_size=1, max_size=5).map("\n".join),
            st.lists(st.just("x"), min_size=1, max_size=4).map("\n".join),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_an_opening_reads_every_sample_to_its_end(pairs: list[tuple[str, str]]) -> None:
    opening = opening_for(pairs)
    if opening:
        for text, _ in pairs:
            assert read_with(opening, text) == []


def test_a_suspect_sample_says_nothing() -> None:
    good = SampleTest(name="1", input="3 4", expected="7")
    bad = SampleTest(name="2", input="1 2 3 ...", expected="6", suspect="ellipsis")
    problem = Problem(id="p", statement="s", samples=(good, bad))
    assert opening_of(problem) == "a, b = map(int, input().split())"


@pytest.mark.parametrize(
    ("opening", "indent"),
    [
        ("", ""),
        ("n = int(input())", ""),
        ("t = int(input())\nfor _ in range(t):\n    s = input()", "    "),
    ],
)
def test_what_follows_an_opening_stands_where_its_last_line_does(opening: str, indent: str) -> None:
    assert indent_after(opening) == indent

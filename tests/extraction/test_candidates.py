"""Equal programs, and programs from files."""

from hypothesis import given
from hypothesis import strategies as st

from gptcc_cli.extraction import candidate_of, extract, merge, program_id
from tests.programs import STDIN_PROBLEM, completion


def test_equal_programs_are_one_candidate_with_all_their_completions() -> None:
    texts = ["print(1)\n", "print(2)\n", "print(1)  \r\n\n", "print(1)"]
    made = [extract(completion(t, index=n), STDIN_PROBLEM) for n, t in enumerate(texts)]
    merged = merge([made[3], made[1], made[0], made[2]])
    assert [one.source for one in merged] == ["print(1)", "print(2)\n"]
    assert [one.index for one in merged[0].completions] == [0, 2, 3]


def test_blanks_inside_a_string_make_another_program() -> None:
    assert program_id("x = '''a \n'''") != program_id("x = '''a\n'''")
    assert program_id("x = 1 \n\n") == program_id("x = 1")
    assert program_id("if x:\n  y") != program_id("if x:\n    y")


def test_a_file_is_taken_as_it_stands() -> None:
    found = candidate_of("print(1)\n```\n")
    assert (found.source, found.cleaning) == ("print(1)\n```\n", ())
    assert found.syntax_error is not None
    assert candidate_of("print(1)\n").syntax_error is None


@given(st.lists(st.sampled_from(["print(1)", "print(2)", "x = 1 ", "x = 1"]), max_size=8))
def test_merging_loses_no_completion_and_keeps_ids_apart(texts: list[str]) -> None:
    made = [extract(completion(t, index=n), STDIN_PROBLEM) for n, t in enumerate(texts)]
    merged = merge(made)
    assert len({one.id for one in merged}) == len(merged)
    assert sorted(c.index for one in merged for c in one.completions) == list(range(len(texts)))
    assert merge(merged) == merged

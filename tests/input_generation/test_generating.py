"""Probes are inputs like the samples: same shape, same facts, never a sample, never an answer."""

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gptcc_cli.input_generation import Probe, generate_inputs
from gptcc_cli.problem import Json, Mode, Problem, SampleTest


def text_problem(*inputs: str, statement: str = "") -> Problem:
    samples = tuple(
        SampleTest(name=f"sample {n}", input=text, expected="SECRET")
        for n, text in enumerate(inputs, 1)
    )
    return Problem(id="p", statement=statement, samples=samples)


def call_problem(*inputs: tuple[Json, ...], statement: str = "") -> Problem:
    samples = tuple(
        SampleTest(name=f"sample {n}", input=arguments, expected="SECRET")
        for n, arguments in enumerate(inputs, 1)
    )
    return Problem(id="p", statement=statement, mode=Mode.CALL, entry_point="f", samples=samples)


def probes_of(problem: Problem, n: int = 40, seed: int = 1) -> tuple[Probe, ...]:
    return generate_inputs(problem, problem.samples, n=n, seed=seed)


def texts_of(problem: Problem, n: int = 40) -> list[str]:
    found = [probe.input for probe in probes_of(problem, n)]
    assert found
    return [text for text in found if isinstance(text, str)]


def calls_of(problem: Problem, n: int = 40) -> list[tuple[Json, ...]]:
    found = [probe.input for probe in probes_of(problem, n)]
    assert found
    return [call for call in found if not isinstance(call, str)]


def test_a_count_and_its_numbers_change_together() -> None:
    counts = set()
    for text in texts_of(text_problem("3\n1 2 3\n", "5\n4 4 1 2 9\n")):
        first, second = text.splitlines()
        assert int(first) == len(second.split())
        counts.add(int(first))
    assert len(counts) > 3


def test_cases_of_cases_keep_their_counts() -> None:
    for text in texts_of(text_problem("2\n3\n1 2 3\n1\n7\n", "1\n2\n5 6\n")):
        words = iter(text.splitlines())
        for _ in range(int(next(words))):
            assert int(next(words)) == len(next(words).split())
        assert next(words, None) is None


def test_a_picture_keeps_its_height_width_and_characters() -> None:
    sizes = set()
    for text in texts_of(text_problem("3 5\n..#..\n.#.#.\n#...#\n", "2 3\n...\n#.#\n")):
        (height, width), *rows = (line.split() for line in text.splitlines())
        assert len(rows) == int(height)
        assert all(len(row[0]) == int(width) and set(row[0]) <= {".", "#"} for row in rows)
        sizes.add((height, width))
    assert len(sizes) > 3


def test_edges_of_a_graph_stay_among_its_vertices() -> None:
    problem = text_problem("4 3\n1 2\n2 3\n3 4\n", "5 2\n1 5\n4 2\n")
    for text in texts_of(problem):
        (n, m), *edges = ([int(word) for word in line.split()] for line in text.splitlines())
        assert len(edges) == m
        assert all(1 <= one <= n and 1 <= other <= n for one, other in edges)


def test_stated_ranges_hold() -> None:
    statement = "The line contains n and k (3 ≤ n ≤ 12, 3 <= k <= 10^1)."
    for text in texts_of(text_problem("5 7\n", "12 3\n", statement=statement), n=20):
        assert all(3 <= int(word) <= 12 for word in text.split())


def test_lengths_that_belong_together_stay_equal() -> None:
    problem = call_problem(([1, 2, 3], ["a", "b", "c"]), ([4, 1], ["x", "y"]))
    for one, other in calls_of(problem):
        assert isinstance(one, list) and isinstance(other, list)
        assert len(one) == len(other)


def test_an_argument_that_counts_a_list_goes_with_it() -> None:
    for items, n in calls_of(call_problem(([1, 2, 3], 3), ([4, 1, 7, 7], 4))):
        assert isinstance(items, list)
        assert len(items) == n


def test_an_index_stays_inside_its_list() -> None:
    for items, k in calls_of(call_problem(([7, 2, 3, 9, 1], 3), ([4, 1, 7, 7], 4), ([5], 1))):
        assert isinstance(items, list) and isinstance(k, int)
        assert 1 <= k <= len(items)


def test_tables_stay_rectangular() -> None:
    shapes = set()
    for (table,) in calls_of(call_problem(([[1, 2, 3], [4, 5, 6]],), ([[1], [2], [3]],))):
        assert isinstance(table, list)
        widths = {len(row) for row in table if isinstance(row, list)}
        assert len(widths) <= 1
        shapes.add((len(table), *widths))
    assert len(shapes) > 3


def test_what_the_statement_calls_sorted_or_distinct_stays_so() -> None:
    problem = call_problem(
        ([1, 4, 7],), ([2, 3, 9, 12],), statement="A sorted list of distinct integers."
    )
    for (items,) in calls_of(problem):
        assert isinstance(items, list)
        assert items == sorted(set(map(int, map(str, items))))


def test_brackets_stay_balanced_and_lower_case_stays_lower() -> None:
    for (text,) in calls_of(call_problem(("(())()",), ("()((()))",))):
        assert isinstance(text, str)
        depth = 0
        for character in text:
            depth += 1 if character == "(" else -1
            assert depth >= 0
        assert depth == 0
    for (text,) in calls_of(call_problem(("hello",), ("banana",), statement="lowercase letters")):
        assert isinstance(text, str) and (text.islower() or not text)


def test_values_keep_their_kinds() -> None:
    problem = call_problem((True, 1.5, "a1b", [1, 2]), (False, 2.25, "c3d", [7]))
    for flag, number, text, items in calls_of(problem):
        assert isinstance(flag, bool) and isinstance(number, float) and isinstance(text, str)
        assert isinstance(items, list) and all(type(item) is int for item in items)


def test_lists_of_mixed_kinds_in_order_by_chance_are_changed_all_the_same() -> None:
    problem = call_problem(([1, 2, 5],), (["a", "b"],), statement="sorted")
    assert calls_of(problem)


def test_a_square_that_may_be_lines_of_three_keeps_its_count() -> None:
    problem = text_problem("3\n2 2 3\n4 3 7\n10 1 9\n")
    assert {text.split("\n")[0] for text in texts_of(problem)} == {"3"}
    spelled = text_problem(
        "3\n2 2 3\n4 3 7\n10 1 9\n", statement="q lines follow, each of three integers"
    )
    found = [text.splitlines() for text in texts_of(spelled)]
    assert {len(lines) for lines in found} > {4}
    assert all(len(line.split()) == 3 for lines in found for line in lines[1:])


def test_texts_that_are_all_as_long_as_the_statement_says_stay_so() -> None:
    problem = text_problem("2\n0101010\n1010101\n", statement="7 zeroes and ones")
    for text in texts_of(problem):
        assert {len(line) for line in text.splitlines()[1:]} == {7}


def test_patterns_of_words_and_digits_stay() -> None:
    for (text,) in calls_of(call_problem(("12:30",), ("07:45",))):
        assert isinstance(text, str)
        assert len(text) == 5 and text[2] == ":" and text.replace(":", "").isdigit()


def test_without_samples_the_hints_of_a_function_are_enough() -> None:
    starter = "class Solution:\n    def f(self, a: List[List[int]], k: 'int', s: str) -> int:\n"
    problem = Problem(id="p", statement="", mode=Mode.CALL, entry_point="f", starter_code=starter)
    for a, k, s in calls_of(problem):
        assert isinstance(a, list) and all(isinstance(row, list) for row in a)
        assert type(k) is int and isinstance(s, str)
    unhinted = dataclasses.replace(problem, starter_code="def f(a, k: int):\n")
    assert generate_inputs(unhinted, (), n=5, seed=0) == ()
    other = dataclasses.replace(problem, starter_code="def f(a: TreeNode):\n")
    assert generate_inputs(other, (), n=5, seed=0) == ()


def test_what_two_samples_show_by_chance_is_left_out_now_and_then() -> None:
    winners = {a < b for a, b in calls_of(call_problem((88, 314), (9, 14)))}  # type: ignore[operator]
    assert winners == {True, False}
    problem = call_problem((88, 314), (9, 14), statement="1 <= a <= b")
    assert {a <= b for a, b in calls_of(problem)} == {True}  # type: ignore[operator]


def test_elements_of_lists_become_negative_unless_a_word_forbids_it() -> None:
    def least(statement: str) -> int:
        problem = call_problem(([5, 3, 8],), ([1, 9],), statement=statement)
        return min(int(str(x)) for (items,) in calls_of(problem, 80) for x in items)  # type: ignore[union-attr]

    assert least("a list of integers") < 0
    assert least("a list of positive integers") == 1


def test_a_count_that_the_statement_names_changes_though_one_sample_shows_it() -> None:
    one = text_problem("2\n5 9\n", statement="The next line has n space-separated integers.")
    assert len({text.split()[0] for text in texts_of(one)}) > 3
    assert {text.split()[0] for text in texts_of(text_problem("2\n5 9\n"))} == {"2"}


def test_mixed_lists_are_rearranged() -> None:
    assert calls_of(call_problem(([0, [1, 2], 3],), ([[4], 5],)), n=5)


def test_texts_take_in_other_characters_unless_the_statement_names_theirs() -> None:
    samples = (("hello", "el"), ("banana", "na"))
    free = {text for call in calls_of(call_problem(*samples), 80) for text in call}
    assert "" in free and any(not str(text).isalpha() for text in free if text)
    named = call_problem(*samples, statement="non-empty strings of lowercase letters")
    assert all(str(text).isalpha() for call in calls_of(named, 80) for text in call)


def test_a_suspect_sample_is_no_seed() -> None:
    sample = SampleTest(name="sample 1", input="1 2\n", expected="3", suspect="ellipsis")
    problem = Problem(id="p", statement="", samples=(sample,))
    assert generate_inputs(problem, problem.samples, n=5, seed=0) == ()
    assert generate_inputs(problem, (), n=5, seed=0) == ()


def test_a_probe_holds_no_expected_output() -> None:
    assert {field.name for field in dataclasses.fields(Probe)} == {"input", "steps"}
    for problem in (text_problem("1 2\n", "5 3\n"), call_problem((1, 2), (5, 3))):
        assert "SECRET" not in repr(probes_of(problem))


def test_mypy_refuses_a_hidden_test_as_a_seed(tmp_path: Path) -> None:
    from mypy import api

    program = tmp_path / "leak.py"
    program.write_text(
        "from gptcc_cli.input_generation import generate_inputs\n"
        "from gptcc_cli.problem import IOTest, Problem\n"
        "hidden = IOTest(name='hidden', input='1', expected='2')\n"
        "generate_inputs(Problem(id='p', statement='s'), (hidden,), n=1, seed=0)\n"
    )
    root = Path(__file__).parents[2]
    out, _, status = api.run(
        ["--strict", "--config-file", str(root / "pyproject.toml"), str(program)]
    )
    assert status == 1
    assert "leak.py:4" in out and "SampleTest" in out


_scalars = st.one_of(st.integers(-50, 10**6), st.text("abcXYZ ()", max_size=8), st.booleans())
_values = st.one_of(
    _scalars,
    st.lists(st.integers(-9, 99), max_size=6),
    st.lists(st.lists(st.integers(0, 9), max_size=3), max_size=4),
    st.lists(st.text("ab1", max_size=4), max_size=4),
    st.lists(st.one_of(_scalars, st.none(), st.lists(st.booleans(), max_size=2)), max_size=4),
    st.none(),
    st.dictionaries(st.text("ab", max_size=2), st.integers(), max_size=3),
)


@settings(max_examples=60)
@given(st.lists(st.tuples(_values, _values), min_size=1, max_size=3), st.integers(0, 99))
def test_any_call_gives_new_inputs_of_bounded_size_and_the_same_for_a_seed(
    inputs: list[tuple[Json, ...]], seed: int
) -> None:
    problem = call_problem(*inputs)
    probes = generate_inputs(problem, problem.samples, n=6, seed=seed)
    assert probes == generate_inputs(problem, problem.samples, n=6, seed=seed)
    keys = [repr(probe.input) for probe in probes]
    assert len(set(keys)) == len(keys) <= 6
    assert not set(keys) & set(map(repr, inputs))
    assert all(len(key) < 4000 for key in keys)
    assert all(len(probe.input) == 2 for probe in probes)


_lines = st.lists(
    st.lists(st.one_of(st.integers(0, 12).map(str), st.text("ab.#", min_size=1, max_size=4)),
             max_size=5).map(" ".join),
    min_size=1, max_size=6,
).map("\n".join)  # fmt: skip


@settings(max_examples=40)
@given(st.lists(_lines, min_size=1, max_size=3), st.integers(0, 99))
def test_any_text_gives_new_inputs_of_bounded_size_and_the_same_for_a_seed(
    inputs: list[str], seed: int
) -> None:
    problem = text_problem(*inputs)
    probes = generate_inputs(problem, problem.samples, n=6, seed=seed)
    assert probes == generate_inputs(problem, problem.samples, n=6, seed=seed)
    words = [" ".join(str(probe.input).split()) for probe in probes]
    assert len(set(words)) == len(words) <= 6
    assert not set(words) & {" ".join(text.split()) for text in inputs}
    assert all(len(one) < 4000 for one in words)


@pytest.mark.parametrize("n", [0, 1, 7])
def test_no_more_probes_than_wanted(n: int) -> None:
    assert len(probes_of(text_problem("3\n1 2 3\n"), n=n)) == n

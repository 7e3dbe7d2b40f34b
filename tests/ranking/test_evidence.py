"""Bits of expected outputs, and how many programs are expected to pass at random."""

import math

import pytest

from gptcc_cli.problem import GivenTest, Mode, Problem, SampleTest
from gptcc_cli.ranking.evidence import MOST_BITS, Evidence, _tail, evidence_bits


def bits(*pairs, statement="", mode=Mode.CALL):
    """What (input, expected) pairs say."""
    tests = [
        SampleTest(name=f"sample {n}", input=given, expected=expected)
        for n, (given, expected) in enumerate(pairs)
    ]
    problem = Problem(id="p", statement=statement, mode=mode, samples=tuple(tests))
    return evidence_bits(problem, tests)


def lines(*pairs, statement=""):
    return bits(*pairs, statement=statement, mode=Mode.STDIN)


def evidence(bits, n_written, n_alike, n_passing=None):
    """That of an answer; all that pass do the same unless told otherwise."""
    return Evidence(
        bits=bits,
        n_written=n_written,
        n_passing=n_alike if n_passing is None else n_passing,
        n_alike=n_alike,
    )


def test_without_tests_nothing_is_said():
    assert bits() == 0.0


@pytest.mark.parametrize("answer", [True, False, None])
def test_one_of_two_answers_says_a_bit(answer):
    assert bits((([1, 2],), answer)) == 1.0


def test_answers_that_differ_say_more_than_the_same_again():
    both = bits(((1,), True), ((2,), False))
    assert both == 2.0
    # A constant passes equal samples: the second is what Laplace expects after the first.
    assert bits(((1,), True), ((2,), True)) == pytest.approx(1.0 + math.log2(3 / 2))


def test_a_sample_that_comes_twice_counts_once():
    assert bits(((7,), 1234), ((7,), 1234)) == bits(((7,), 1234))


def test_a_word_of_the_statement_says_a_bit_and_any_other_its_letters():
    statement = 'Print "YES" or "NO".'
    assert lines(("5\n", "YES\n"), statement=statement) == 1.0
    assert lines(("5\n", "quxzz\n"), statement=statement) > 20


def test_a_word_that_stands_in_the_sample_alone_is_not_said():
    statement = "Sort the letters. Sample: 5 -> quxzz"
    span = (statement.index("5 ->"), len(statement))
    sample = SampleTest(name="sample 1", input="5\n", expected="quxzz\n", span=span)
    problem = Problem(id="p", statement=statement, samples=(sample,))
    assert evidence_bits(problem, [sample]) > 20


def test_a_number_of_the_input_costs_its_choice():
    assert bits((([3, 100, 2, 50],), 100)) == pytest.approx(1.0 + math.log2(4))
    assert lines(("4\n3 100 2 50\n", "100\n")) == pytest.approx(1.0 + math.log2(5))
    assert bits((([3, 100, 2, 50],), 101)) == pytest.approx(1.0 + 2 * math.log2(102))


def test_a_number_of_the_statement_costs_its_choice():
    said = bits(((7,), -1), statement="Return -1 where there are fewer than 3 of the 50.")
    assert said == pytest.approx(1.0 + math.log2(3))
    assert bits(((7,), -1)) == pytest.approx(2.0 + 2 * math.log2(2))


def test_the_same_test_as_values_and_as_text_says_about_the_same():
    values = bits((([3, 1, 2],), 1234))
    text = lines(("3 1 2\n", "1234\n"))
    assert values == pytest.approx(text)


def test_what_is_left_of_a_list_costs_a_choice_for_each_part():
    whole = [11, 22, 33, 44, 55, 66]
    left = bits(((whole,), [11, 33, 66]))
    assert len(whole) <= left <= len(whole) + 3
    other = bits(((whole,), [12, 34, 65]))
    assert other > 2 * left


def test_a_list_in_another_order_is_cheap_however_long():
    short = bits((([3, 1, 2],), [1, 2, 3]))
    long = bits(((list(range(50, 0, -1)),), list(range(1, 51))))
    assert short == long < 5


@pytest.mark.parametrize(
    "value", [[], {}, "", 0.5, -3, float("inf"), {"a": [1, None]}, [[1, 2], [3]], 10**30]
)
def test_every_value_has_a_length(value):
    assert 0 < bits((("x", 2.5, {"k": [True]}), value)) <= MOST_BITS


@pytest.mark.parametrize(
    "pair",
    [
        ("1 2 3\n" * 300_000, "7 8 9\n" * 300_000),
        ("a" * 2_000_000, "b" * 2_000_000),
        (([[1] * 50] * 20_000,), [[2] * 50] * 20_000),
        ((list(range(300_000)),), list(range(300_000, 0, -1))),
        (("x" * 1_000_000,), "y" * 1_000_000),
        ((5,), {str(n): n for n in range(100_000)}),
    ],
)
def test_long_answers_are_counted_up_to_the_most(pair):
    assert bits(pair) == MOST_BITS


def test_lists_in_lists_are_no_trouble_however_deep():
    deep = 1
    for _ in range(5000):
        deep = [deep]
    assert bits(((deep,), 3), ((1,), deep)) == MOST_BITS


def test_whole_numbers_share_no_more_than_all_of_the_probability():
    """Kraft's inequality for the numbers that the input doesn't hold."""
    shares = [2.0 ** -bits((("x",), number)) for number in range(-3000, 3000)]
    assert 0.9 < sum(shares) < 1.3


def test_tests_of_the_user_say_as_much_as_samples():
    given = GivenTest(name="mine", input=(1,), expected=4711)
    problem = Problem(id="p", statement="", mode=Mode.CALL)
    assert evidence_bits(problem, [given]) == bits(((1,), 4711))


def test_twice_as_many_as_luck_lets_pass_are_beyond_it_and_four_times_as_many_far_beyond():
    assert evidence(4, 320, 2).expected_random_passes == 20.0
    assert not evidence(4, 320, 39).significant
    assert evidence(4, 320, 40).significant
    assert not evidence(4, 320, 79).highly_significant
    assert evidence(4, 320, 80).highly_significant


@pytest.mark.parametrize(("bits", "enough"), [(2, 320), (4, 160), (6, 80), (12, 10), (30, 3)])
def test_programs_convince_where_their_part_is_the_root_of_luck_s(bits, enough):
    assert not evidence(bits, 640, enough - 1).confident
    assert evidence(bits, 640, enough).confident


def test_a_part_is_common_in_a_short_run_as_in_a_long_one():
    assert [evidence(8, n, n // 16).common for n in (16, 160, 16_000)] == [True] * 3
    assert [evidence(8, n, n // 16 - 1).common for n in (16, 160, 16_000)] == [False] * 3


@pytest.mark.parametrize(("enough", "n_written"), [(1, 1), (5, 31), (8, 63)])
def test_few_programs_are_beyond_luck_where_it_hardly_lets_so_many_pass(enough, n_written):
    """By tables of Poisson's distribution: 5 % for 1 of 0.051, 5 of 1.97, 8 of 3.98."""
    assert not evidence(4, n_written, enough - 1).significant
    assert evidence(4.4, n_written, enough).significant


@pytest.mark.parametrize(("count", "mean"), [(1, 0.0513), (3, 0.818), (5, 1.970), (10, 5.425)])
def test_the_tail_is_that_of_the_tables(count, mean):
    assert _tail(count, mean) == pytest.approx(0.05, abs=2e-4)


def test_one_program_of_many_is_beyond_luck_if_the_samples_say_enough_and_convinces_nobody():
    assert not evidence(5, 400, 1).significant
    assert evidence(13, 400, 1).significant
    assert not evidence(20, 400, 2).confident
    assert evidence(20, 400, 3).confident


def test_where_what_passes_does_not_agree_nothing_convinces():
    assert not evidence(20, 400, 5, n_passing=10).confident
    assert evidence(20, 400, 6, n_passing=10).confident


def test_nothing_that_passes_never_convinces():
    assert not evidence(0, 3, 0).confident
    assert not evidence(50, 3, 0).confident
    assert not evidence(50, 0, 0).confident

from math import comb
from random import Random

import pytest

from gptcc_cli.metrics import cluster_bootstrap, estimate, mcnemar, paired_bootstrap, wilson


def test_nothing_solved_still_has_an_upper_end() -> None:
    assert estimate([0.0] * 164).high == pytest.approx(0.0229, abs=5e-5)
    assert estimate([0.0] * 5000).high == pytest.approx(0.00077, abs=5e-6)


def test_the_published_run_has_the_interval_of_its_problems_not_of_its_samples() -> None:
    raw = estimate([0.1] + [0.0] * 163)
    assert raw.value == pytest.approx(1 / 1640)
    assert (raw.low, raw.high) == (0.0, pytest.approx(0.0018, abs=7e-4))
    assert raw.method == "bootstrap over problems"


def test_wilson_covers_the_truth_as_often_as_it_says() -> None:
    n, p = 60, 0.1
    cover = sum(
        comb(n, c) * p**c * (1 - p) ** (n - c)
        for c in range(n + 1)
        if wilson(c, n)[0] <= p <= wilson(c, n)[1]
    )
    assert 0.93 <= cover <= 0.98


def test_the_bootstrap_over_problems_covers_where_the_one_over_samples_does_not() -> None:
    random = Random(3)
    solvable, n_problems, n = 0.3, 80, 10
    truth = solvable * 0.5
    covered = naive_covered = 0
    trials = 150
    for _ in range(trials):
        chances = [0.5 if random.random() < solvable else 0.0 for _ in range(n_problems)]
        rights = [sum(random.random() < chance for _ in range(n)) for chance in chances]
        low, high = cluster_bootstrap([c / n for c in rights], resamples=400, seed=1)
        covered += low <= truth <= high
        low, high = wilson(sum(rights), n_problems * n)
        naive_covered += low <= truth <= high
    assert covered / trials >= 0.89
    assert naive_covered / trials <= 0.85


def test_an_interval_depends_on_the_seed_and_the_scores_alone() -> None:
    scores = [0.0, 0.1, 0.3, 1.0] * 20
    again = [1.0, 0.3, 0.1, 0.0] * 20
    assert estimate(scores, seed=5) == estimate(again, seed=5)
    assert len({estimate(scores, seed=seed) for seed in range(10)}) > 1


@pytest.mark.parametrize("n_distinct", [3, 1000])
def test_the_bootstrap_interval_is_that_of_drawing_problems_one_by_one(n_distinct: int) -> None:
    random = Random(1)
    values = [random.randrange(n_distinct) / n_distinct for _ in range(1000)]
    by_hand = sorted(sum(random.choices(values, k=1000)) / 1000 for _ in range(4000))
    low, high = cluster_bootstrap(values)
    # The standard error of the mean is about 0.009; that of a percentile of 4,000 draws 0.0004.
    assert low == pytest.approx(by_hand[100], abs=0.0015)
    assert high == pytest.approx(by_hand[3899], abs=0.0015)


def test_the_bootstrap_of_two_values_has_the_binomial_percentiles() -> None:
    # The mean of 100 draws of which each is 1 with probability 0.3 is binomial.
    low, high = cluster_bootstrap([1.0] * 30 + [0.0] * 70)
    assert low == pytest.approx(0.21, abs=0.011)
    assert high == pytest.approx(0.39, abs=0.011)


def test_one_problem_says_nothing_of_others() -> None:
    alone = estimate([0.7])
    assert (alone.value, alone.low, alone.high) == (0.7, 0.0, 1.0)


def test_a_paired_comparison_sees_what_two_intervals_do_not() -> None:
    random = Random(2)
    first = [random.random() * 0.8 for _ in range(100)]
    second = [score + 0.05 + 0.05 * random.random() for score in first]
    apart = estimate(first), estimate(second)
    difference = paired_bootstrap(first, second)
    assert apart[0].high > apart[1].low
    assert 0 < difference.low < difference.value < difference.high
    assert (difference.better, difference.worse, difference.p_value) == (100, 0, None)


def test_single_samples_are_compared_by_mcnemar() -> None:
    difference = paired_bootstrap([0.0] * 10 + [1.0], [1.0] * 8 + [0.0] * 3)
    assert difference.p_value == mcnemar(8, 1) == pytest.approx(2 * (1 + 9) / 2**9)


@pytest.mark.parametrize(("first", "second"), [([], []), ([0.1], [0.1, 0.2])])
def test_runs_over_different_problems_are_not_compared(
    first: list[float], second: list[float]
) -> None:
    with pytest.raises(ValueError, match="same problems"):
        paired_bootstrap(first, second)

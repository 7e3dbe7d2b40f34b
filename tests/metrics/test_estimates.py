from collections import Counter
from math import comb
from random import Random

import pytest

from gptcc_cli.metrics import cluster_bootstrap, estimate, mcnemar, paired_bootstrap, wilson
from gptcc_cli.metrics.resampling import binomial, resampled_means


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
    assert estimate(scores, seed=5) != estimate(scores, seed=6)


def test_drawing_equal_values_together_gives_the_same_spread() -> None:
    counts = {0.0: 900, 0.5: 80, 1.0: 20}
    one = sorted(resampled_means(counts, 3000, Random(1)))
    other = sorted(
        sum(Random(i).choices(list(counts), list(counts.values()), k=1000)) / 1000
        for i in range(3000)
    )
    for share in (0.025, 0.5, 0.975):
        place = int(share * 3000)
        assert one[place] == pytest.approx(other[place], abs=0.003)


@pytest.mark.parametrize(("n", "p"), [(30, 0.1), (30, 0.9), (400, 0.3), (50, 0.5)])
def test_binomial_draws_have_the_binomial_distribution(n: int, p: float) -> None:
    random, draws = Random(7), 20_000
    seen = Counter(binomial(n, p, random) for _ in range(draws))
    chi2, cells = 0.0, 0
    for k in range(n + 1):
        expected = draws * comb(n, k) * p**k * (1 - p) ** (n - k)
        if expected >= 5:
            chi2 += (seen[k] - expected) ** 2 / expected
            cells += 1
    assert chi2 < cells + 4 * (2 * cells) ** 0.5


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

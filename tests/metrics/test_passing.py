from fractions import Fraction
from math import comb
from random import Random

import pytest

from gptcc_cli.metrics import FilteredCounts, n_at_k, pass_at_k


def test_pass_at_k_agrees_with_exact_fractions() -> None:
    random = Random(0)
    cases = [(n, c, k) for n in range(1, 13) for c in range(n + 1) for k in range(1, n + 1)]
    for _ in range(2000):
        n = random.randint(1, 1000)
        cases.append((n, random.randint(0, n), random.randint(1, n)))
    worst = max(
        abs(Fraction(pass_at_k(n, c, k)) - (1 - Fraction(comb(n - c, k), comb(n, k))))
        for n, c, k in cases
    )
    assert worst < 2e-15


def test_pass_at_k_is_refused_beyond_the_samples() -> None:
    with pytest.raises(ValueError, match="pass@11 is not defined for 10 samples"):
        pass_at_k(10, 3, 11)


@pytest.mark.parametrize(("n", "c"), [(3, 4), (3, -1)])
def test_counts_that_cannot_be_are_refused(n: int, c: int) -> None:
    with pytest.raises(ValueError, match=f"{c} right of {n}"):
        pass_at_k(n, c, 1)


def test_n_at_k_agrees_with_simulation() -> None:
    total, passing, right, n, k = 40, 14, 6, 3, 12
    random = Random(1)
    samples = [(True, i < right) for i in range(passing)] + [(False, False)] * (total - passing)
    trials, solved = 20_000, 0
    for _ in range(trials):
        kept = [ok for passes, ok in random.sample(samples, k) if passes]
        solved += any(random.sample(kept, min(n, len(kept))))
    exact = n_at_k(FilteredCounts(n=total, passing=passing, right=right), n, k)
    assert exact == pytest.approx(solved / trials, abs=4 * (0.25 / trials) ** 0.5)


def test_n_at_k_without_a_filter_and_with_all_submitted_is_pass_at_k() -> None:
    for right in range(21):
        counts = FilteredCounts(n=20, passing=20, right=right)
        assert n_at_k(counts, 7, 7) == pytest.approx(pass_at_k(20, right, 7), abs=1e-12)


def test_n_at_k_rises_with_the_filter() -> None:
    unfiltered = n_at_k(FilteredCounts(n=100, passing=100, right=2), 1, 100)
    filtered = n_at_k(FilteredCounts(n=100, passing=4, right=2), 1, 100)
    assert (unfiltered, filtered) == (pytest.approx(0.02), pytest.approx(0.5))


def test_n_at_k_of_a_problem_without_a_surviving_sample_is_zero() -> None:
    assert n_at_k(FilteredCounts(n=10, passing=0, right=0), 1, 10) == 0.0


def test_n_at_k_is_refused_beyond_the_samples() -> None:
    with pytest.raises(ValueError, match="5@20 is not defined for 10 samples"):
        n_at_k(FilteredCounts(n=10, passing=5, right=1), 5, 20)

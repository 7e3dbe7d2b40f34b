"""Two runs over the same problems: is the difference more than chance?

Compares problem by problem, which takes out how hard each problem is. Two runs over different
problems can't be compared this way, and nothing here tries.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, fsum
from random import Random

from gptcc_cli.metrics.estimates import CONFIDENCE, RESAMPLES, percentile
from gptcc_cli.metrics.resampling import resampled_means


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedDifference:
    """The second run's mean minus the first's."""

    value: float
    """From -1 to 1."""
    low: float
    high: float
    """Ends of the 95 % interval."""
    n_problems: int
    better: int
    """Problems on which the second run scores higher."""
    worse: int
    """Problems on which it scores lower."""
    p_value: float | None
    """McNemar's exact test, where every score is 0 or 1; ``None``: it does not apply."""


def paired_bootstrap(
    first: Sequence[float], second: Sequence[float], *, resamples: int = RESAMPLES, seed: int = 0
) -> PairedDifference:
    """Compare two runs by their differences on each problem, problems being drawn anew.

    Args:
        first: one score for each problem.
        second: scores of the same problems, in the same order.
        resamples: how often problems are drawn.
        seed: the same seed gives the same interval.

    Raises:
        ValueError: the runs differ in length or are empty.
    """
    if len(first) != len(second) or not first:
        raise ValueError("paired runs need the same problems, at least one")
    differences = [b - a for a, b in zip(first, second, strict=True)]
    means = sorted(resampled_means(Counter(differences), resamples, Random(seed)))
    better = sum(difference > 0 for difference in differences)
    worse = sum(difference < 0 for difference in differences)
    binary = all(score in (0.0, 1.0) for score in (*first, *second))
    return PairedDifference(
        value=fsum(differences) / len(differences),
        low=percentile(means, (1 - CONFIDENCE) / 2),
        high=percentile(means, (1 + CONFIDENCE) / 2),
        n_problems=len(differences),
        better=better,
        worse=worse,
        p_value=mcnemar(better, worse) if binary else None,
    )


def mcnemar(better: int, worse: int) -> float:
    """Return the two-sided exact p-value that both directions are equally likely.

    Binomial over the problems on which two runs disagree (McNemar 1947, exact form).

    >>> mcnemar(8, 1)
    0.0390625
    >>> mcnemar(0, 0)
    1.0
    """
    n = better + worse
    ways = sum(comb(n, i) for i in range(min(better, worse) + 1))
    return min(1.0, float(2 * ways / 2**n))

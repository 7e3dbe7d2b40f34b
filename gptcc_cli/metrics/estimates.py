"""Means over problems, their intervals, and the comparison of two runs.

Covers Wilson's interval for one sample a problem, the bootstrap over problems for several, and
paired differences. The unit is always the problem: samples of one problem are not independent,
and treating them so would make every interval far too narrow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, fsum, sqrt
from statistics import NormalDist

RESAMPLES = 10_000
"""How many means the bootstrap draws."""

CONFIDENCE = 0.95
"""The coverage that every interval aims at."""

_CHUNK_CELLS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A mean over problems."""

    value: float
    """The mean, from 0 to 1."""
    low: float
    high: float
    """Ends of the 95 % interval."""
    n_problems: int
    method: str
    """How the interval was made: ``wilson``, ``bootstrap over problems``, ``none: ...``."""


def estimate(values: Sequence[float], *, seed: int = 0) -> Estimate:
    """Return the mean of per-problem values with an interval.

    Values that are all 0 or 1 (one sample a problem, or all samples agreeing) get Wilson's
    interval, which holds even when nothing was solved; others get the bootstrap over problems.
    A single problem tells nothing about others: its interval is [0, 1].

    Args:
        values: one from 0 to 1 for each problem; at least one.
        seed: for resampling.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("an estimate needs at least one problem")
    mean = fsum(values) / len(values)
    if all(value in (0.0, 1.0) for value in values):
        low, high = wilson(round(fsum(values)), len(values))
        method = "wilson"
    elif len(values) == 1:
        low, high, method = 0.0, 1.0, "none: one problem"
    else:
        low, high = cluster_bootstrap(values, seed=seed)
        method = "bootstrap over problems"
    return Estimate(value=mean, low=low, high=high, n_problems=len(values), method=method)


def wilson(successes: int, n: int, *, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return Wilson's score interval for a proportion (Wilson 1927).

    >>> low, high = wilson(0, 164)
    >>> f"{low:.4f} {high:.4f}"
    '0.0000 0.0229'

    Raises:
        ValueError: n is 0 or the successes are not among n.
    """
    if not 0 <= successes <= n or n == 0:
        raise ValueError(f"{successes} of {n} has no interval")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = successes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    high = 1.0 if successes == n else min(1.0, middle + half)
    return low, high


def cluster_bootstrap(
    values: Sequence[float],
    *,
    resamples: int = RESAMPLES,
    confidence: float = CONFIDENCE,
    seed: int = 0,
) -> tuple[float, float]:
    """Return the percentile interval of the mean, resampling problems (Efron 1979).

    Args:
        values: one for each problem, already averaged over its samples.
        resamples: how many means are drawn.
        confidence: of the interval.
        seed: the same seed and values, in any order, give the same interval.
    """
    import numpy as np

    random = np.random.default_rng(seed)
    distinct, counts = np.unique(np.asarray(values, dtype=float), return_counts=True)
    if len(distinct) == 1:
        return float(distinct[0]), float(distinct[0])
    # Equal values are drawn together; a chunk keeps the drawn counts within a few megabytes.
    chunk = max(1, _CHUNK_CELLS // len(distinct))
    sizes = [min(chunk, resamples - done) for done in range(0, resamples, chunk)]
    shares = counts / len(values)
    drawn = (random.multinomial(len(values), shares, size=size) for size in sizes)
    means = np.concatenate([(one * distinct).sum(axis=1) for one in drawn]) / len(values)
    low, high = np.quantile(means, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedDifference:
    """The second run's mean minus the first's, over the same problems."""

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
    """McNemar's exact test; ``None`` unless every score is 0 or 1."""


def paired_bootstrap(
    first: Sequence[float], second: Sequence[float], *, resamples: int = RESAMPLES, seed: int = 0
) -> PairedDifference:
    """Compare two runs by their difference on each problem, resampling problems.

    Args:
        first: one score for each problem.
        second: scores of the same problems, in the same order.
        resamples: how many means are drawn.
        seed: the same seed gives the same interval.

    Raises:
        ValueError: the runs differ in length or are empty.
    """
    if len(first) != len(second) or not first:
        raise ValueError("paired runs need the same problems, at least one")
    differences = [b - a for a, b in zip(first, second, strict=True)]
    low, high = cluster_bootstrap(differences, resamples=resamples, seed=seed)
    better = sum(difference > 0 for difference in differences)
    worse = sum(difference < 0 for difference in differences)
    binary = all(score in (0.0, 1.0) for score in (*first, *second))
    return PairedDifference(
        value=fsum(differences) / len(differences),
        low=low,
        high=high,
        n_problems=len(differences),
        better=better,
        worse=worse,
        p_value=mcnemar(better, worse) if binary else None,
    )


def mcnemar(better: int, worse: int) -> float:
    """Return the two-sided exact p-value for both directions being equally likely.

    Binomial over the problems on which two runs disagree (McNemar 1947, exact form).

    >>> mcnemar(8, 1)
    0.0390625
    >>> mcnemar(0, 0)
    1.0
    """
    n = better + worse
    ways = sum(comb(n, i) for i in range(min(better, worse) + 1))
    return min(1.0, float(2 * ways / 2**n))

"""A mean over problems, and the interval around it.

Covers Wilson's interval for one sample a problem and the bootstrap over problems for several.
Treating every sample as independent would make intervals far too narrow; nothing here does.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from random import Random
from statistics import NormalDist

from gptcc_cli.metrics.resampling import resampled_means

RESAMPLES = 10_000
"""How often the problems are drawn anew."""

CONFIDENCE = 0.95
"""How often an interval made this way holds the truth."""


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
    """Return the mean of per-problem values with the interval that fits them.

    Values that are all 0 or 1 (one sample a problem, or all samples agreeing) get Wilson's
    interval, which is right even when nothing was solved; others the bootstrap over problems.
    One problem says nothing of others: its interval is everything.

    Args:
        values: one from 0 to 1 for each problem; at least one.
        seed: of the resampling.

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
    """Return Wilson's score interval of a share (Wilson 1927).

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
    """Return the percentile interval of the mean, problems being drawn anew (Efron 1979).

    Args:
        values: one for each problem, already averaged over its samples.
        resamples: how often.
        confidence: of the interval.
        seed: the same seed gives the same interval on every machine.
    """
    means = sorted(resampled_means(Counter(values), resamples, Random(seed)))
    return percentile(means, (1 - confidence) / 2), percentile(means, (1 + confidence) / 2)


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the value below which a share of sorted values lies, between neighbours linearly."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])

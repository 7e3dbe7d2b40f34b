"""The probability that one of k samples solves a problem, estimated from n samples.

Covers one problem; ``estimates`` covers means over problems and their intervals.
"""

from dataclasses import dataclass
from math import comb, prod


def pass_at_k(n: int, c: int, k: int) -> float:
    """Estimate without bias the probability that one of k samples is right.

    ``1 - C(n-c, k) / C(n, k)`` (Chen and others 2021, "Evaluating Large Language Models Trained
    on Code", equation 1), as a product of factors within [0, 1].

    >>> pass_at_k(10, 3, 1)
    0.3
    >>> pass_at_k(5, 5, 5)
    1.0

    Args:
        n: samples drawn of this problem.
        c: how many of them are right; 0 to n.
        k: 1 to n.

    Raises:
        ValueError: k > n, where the estimator is undefined, or c is not in 0 to n.
    """
    if not 0 <= c <= n:
        raise ValueError(f"{c} right of {n} samples is impossible")
    if not 1 <= k <= n:
        raise ValueError(f"pass@{k} is not defined for {n} samples")
    if n - c < k:
        return 1.0
    if k == 1:
        return c / n
    return 1.0 - prod(1.0 - k / i for i in range(n - c + 1, n + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class FilteredCounts:
    """One problem's samples, filtered by the statement's examples."""

    n: int
    """Samples drawn."""
    passing: int
    """How many pass the statement's examples."""
    right: int
    """How many of those pass everything."""

    def __post_init__(self) -> None:
        """Refuse impossible counts."""
        if not 0 <= self.right <= self.passing <= self.n:
            raise ValueError(
                f"{self.right} right of {self.passing} passing of {self.n} is impossible"
            )


def n_at_k(counts: FilteredCounts, n: int, k: int) -> float:
    """Estimate the probability that one of n submissions picked from k samples is right.

    The submissions are drawn at random from those of the k samples that pass the statement's
    examples (Li and others 2022, "Competition-Level Code Generation with AlphaCode", section
    5.1). In closed form over the number f of the k that pass, which is hypergeometric::

        sum over f of HG(f; N, F, k) * (1 - C(F-C, min(n, f)) / C(F, min(n, f)))

    With every sample passing and n = k it is pass@k.

    Raises:
        ValueError: not 1 <= n <= k <= N.
    """
    if not 1 <= n <= k <= counts.n:
        raise ValueError(f"{n}@{k} is not defined for {counts.n} samples")
    total, passing, right = counts.n, counts.passing, counts.right
    ways = comb(total, k)
    chance = 0.0
    for f in range(max(0, k - (total - passing)), min(k, passing) + 1):
        m = min(n, f)
        if m == 0:
            continue
        weight = comb(passing, f) * comb(total - passing, k - f) / ways
        chance += weight * (1.0 - comb(passing - right, m) / comb(passing, m))
    return min(chance, 1.0)

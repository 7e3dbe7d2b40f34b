"""Means of problems drawn anew, fast without numpy.

Equal values are drawn together: a resample of N problems is a multinomial draw over the
distinct values, made of binomial draws. Five thousand problems of which most score 0 cost no
more than the few distinct scores.
"""

from collections.abc import Iterator, Mapping
from itertools import chain, repeat
from math import exp, fsum, lgamma, log, sqrt
from random import Random

_DEAREST = 25
"""A binomial draw costs about as much as so many single draws."""


def resampled_means(counts: Mapping[float, int], resamples: int, random: Random) -> Iterator[float]:
    """Yield the mean of each resample.

    Args:
        counts: how many problems have each value; at least one problem.
        resamples: how many means.
        random: where chance comes from.
    """
    total = sum(counts.values())
    values = sorted(counts, key=lambda value: (-counts[value], value))
    if len(values) == 1:
        yield from repeat(values[0], resamples)
    elif _DEAREST * len(values) < total:
        for _ in range(resamples):
            yield _multinomial_sum(values, counts, total, random) / total
    else:
        population = list(chain.from_iterable(repeat(value, counts[value]) for value in values))
        for _ in range(resamples):
            yield fsum(random.choices(population, k=total)) / total


def _multinomial_sum(
    values: list[float], counts: Mapping[float, int], total: int, random: Random
) -> float:
    left, share_left, sum_ = total, total, 0.0
    for value in values:
        if left == 0:
            break
        drawn = binomial(left, counts[value] / share_left, random)
        sum_ += drawn * value
        left -= drawn
        share_left -= counts[value]
    return sum_


def binomial(n: int, p: float, random: Random) -> int:
    """Draw how many of n trials succeed.

    By counting the gaps between successes where few are expected, else by transformed rejection
    (Hörmann 1993, "The generation of binomial random variates", algorithm BTRS).

    Args:
        n: trials, at least 0.
        p: chance of each; values above 1 by rounding count as 1.
        random: where chance comes from.
    """
    if n == 0 or p <= 0.0:
        return 0
    if p >= 1.0:
        return n
    if p > 0.5:
        return n - binomial(n, 1.0 - p, random)
    return _by_gaps(n, p, random) if n * p < 10.0 else _by_rejection(n, p, random)


def _by_gaps(n: int, p: float, random: Random) -> int:
    scale = log(1.0 - p)
    successes, place = 0, 0
    while True:
        place += int(log(1.0 - random.random()) / scale) + 1
        if place > n:
            return successes
        successes += 1


def _by_rejection(n: int, p: float, random: Random) -> int:
    deviation = sqrt(n * p * (1.0 - p))
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * p
    c = n * p + 0.5
    v_r = 0.92 - 4.2 / b
    alpha = (2.83 + 5.1 / b) * deviation
    odds = log(p / (1.0 - p))
    mode = int((n + 1) * p)
    peak = lgamma(mode + 1) + lgamma(n - mode + 1)
    while True:
        u = random.random() - 0.5
        us = 0.5 - abs(u)
        v = random.random()
        if us == 0.0:
            continue
        k = int((2.0 * a / us + b) * u + c)
        if not 0 <= k <= n:
            continue
        if us >= 0.07 and v <= v_r:
            return k
        density = peak - lgamma(k + 1) - lgamma(n - k + 1) + (k - mode) * odds
        if v * alpha / (a / (us * us) + b) <= exp(density):
            return k

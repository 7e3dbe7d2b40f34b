"""Judgements -> an order, with the reason for each candidate's rank.

Pure. Covers the order by results on the tests and, among candidates with equal results, by their
outputs on generated inputs: the output that most of them give is the likeliest to be right. Runs
nothing, and sees no hidden expected output beyond what the given judgements used.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from gptcc_cli.judging import Judgement, Outcome, Verdict, is_constant, is_degenerate
from gptcc_cli.ranking.evidence import Evidence

_MAX_PENALTIES = 3
"""A few generated inputs may be invalid; more failures count no more than this."""

_COMPLETED = frozenset({Verdict.AC, Verdict.WA, Verdict.PE})


class ProbeResults(Protocol):
    """A program's outputs on generated inputs."""

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """For each input: a digest of the output, or the verdict of a failure."""
        ...

    @property
    def passes_generated(self) -> tuple[bool, ...]:
        """For each of the last inputs, which come from generated tests: whether it passes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedCandidate:
    """A candidate with its rank and the reason for it."""

    judgement: Judgement
    reason: str
    """Why it has this rank, for display."""
    cluster: int | None = None
    """The cluster of programs with the same outputs on generated inputs, numbered from 1 in order
    of their best member; ``None``: it was not run on any."""
    cluster_size: int | None = None
    """Programs in that cluster, itself included."""
    n_alike: int = 1
    """Completions that gave a program of that cluster; without one, completions of this program."""
    degenerate: bool = False
    """Whether it fails on most generated inputs, or gives one output for all of many."""
    score: float | None = None
    """``sqrt(weight) * (outputs shared with most + generated tests passed)``: CodeT's score, where
    a program weighs the square root of its number of completions. Halved, at most three times, for
    each input that others answer and it fails on, and for giving one output for all inputs."""
    n_generated_tests: int = 0
    """Generated tests it was run on; no verdict depends on them."""
    n_generated_tests_passed: int = 0

    @property
    def passed(self) -> bool:
        """Whether every test was run and accepted; false without tests."""
        return self.judgement.verdict is Verdict.AC


def rank(
    judgements: Sequence[Judgement],
    signatures: Mapping[str, ProbeResults] | None = None,
    *,
    several_answers: bool = False,
) -> tuple[RankedCandidate, ...]:
    """Order judgements, best first.

    By, in turn: tests passed; whether it ran to its end; whether it parses; the score on generated
    inputs; the number of completions with this program; the mean log-probability of its most
    likely completion; order of arrival. Candidates whose judging failed (``IE``) come last.

    Args:
        judgements: in order of arrival.
        signatures: outputs on generated inputs, by canonical hash, of the programs that were run.
        several_answers: whether an input may have several right answers. Agreement then means
            little, and only the number of inputs that a program answers is counted.
    """
    clusters = _clusters(judgements, signatures or {}, several_answers)

    def key(place: int) -> tuple[float, ...]:
        judgement = judgements[place]
        candidate = judgement.candidate
        cluster = clusters.get(candidate.canonical_hash)
        known = [one.mean_logprob for one in candidate.completions if one.mean_logprob is not None]
        return (
            *_test_results(judgement),
            -(cluster.score if cluster is not None else 0.0),
            -len(candidate.completions),
            -max(known, default=-math.inf),
            place,
        )

    numbers: dict[tuple[Outcome, ...], int] = {}
    ranked = []
    for place in sorted(range(len(judgements)), key=key):
        judgement = judgements[place]
        cluster = clusters.get(judgement.candidate.canonical_hash)
        if cluster is not None:
            numbers.setdefault(cluster.outcomes, len(numbers) + 1)
        ranked.append(_ranked(judgement, cluster, numbers, several_answers))
    return tuple(ranked)


def evidence_for(
    ranked: Sequence[RankedCandidate], *, bits: float, n_written: int, several_answers: bool = False
) -> Evidence:
    """Count the completions that pass, and those in the best candidate's cluster.

    Args:
        ranked: best first.
        bits: of the tests.
        n_written: completions that could have passed.
        several_answers: whether programs with different outputs may be right. In this case, and
            without generated inputs, all passing programs count as alike.
    """
    passing = [one for one in ranked if one.passed]
    n_passing = sum(len(one.judgement.candidate.completions) for one in passing)
    all_alike = several_answers or not passing or passing[0].cluster is None
    n_alike = n_passing if all_alike else passing[0].n_alike
    return Evidence(bits=bits, n_written=n_written, n_passing=n_passing, n_alike=n_alike)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cluster:
    """A program's place among those with equal results on the tests."""

    outcomes: tuple[Outcome, ...]
    passes_generated: tuple[bool, ...]
    n_programs: int
    """Programs with the same outcomes, itself included."""
    n_completions: int
    n_peers: int
    """Programs with equal results on the tests that were run on these inputs, itself included."""
    score: float


def _clusters(
    judgements: Sequence[Judgement], signatures: Mapping[str, ProbeResults], several_answers: bool
) -> dict[str, _Cluster]:
    """Cluster the programs with equal results on the tests; by canonical hash."""
    levels: dict[tuple[float, ...], list[Judgement]] = {}
    for judgement in judgements:
        if judgement.candidate.canonical_hash in signatures:
            levels.setdefault(_test_results(judgement), []).append(judgement)
    clusters: dict[str, _Cluster] = {}
    for level in levels.values():
        clusters |= _clusters_of(level, signatures, several_answers)
    return clusters


def _clusters_of(
    level: list[Judgement], signatures: Mapping[str, ProbeResults], several_answers: bool
) -> dict[str, _Cluster]:
    votes: list[defaultdict[str, float]] = []
    weights: defaultdict[tuple[Outcome, ...], float] = defaultdict(float)
    sizes: Counter[tuple[Outcome, ...]] = Counter()
    completions: Counter[tuple[Outcome, ...]] = Counter()
    for judgement in level:
        outcomes = signatures[judgement.candidate.canonical_hash].outcomes
        # Repeating one program supports it less than a different program with the same outputs.
        n_completions = max(1, len(judgement.candidate.completions))
        weight = math.sqrt(n_completions)
        weights[outcomes] += weight
        sizes[outcomes] += 1
        completions[outcomes] += n_completions
        votes.extend(defaultdict(float) for _ in range(len(outcomes) - len(votes)))
        for vote, outcome in zip(votes, outcomes, strict=False):
            if isinstance(outcome, str):
                vote[outcome] += weight
    clusters = {}
    for judgement in level:
        results = signatures[judgement.candidate.canonical_hash]
        outcomes = results.outcomes
        clusters[judgement.candidate.canonical_hash] = _Cluster(
            outcomes=outcomes,
            passes_generated=results.passes_generated,
            n_programs=sizes[outcomes],
            n_completions=completions[outcomes],
            n_peers=len(level),
            score=_score(results, votes, weights[outcomes], several_answers),
        )
    return clusters


def _score(
    results: ProbeResults,
    votes: list[defaultdict[str, float]],
    weight: float,
    several_answers: bool,
) -> float:
    outcomes = results.outcomes
    if several_answers:
        return float(sum(isinstance(outcome, str) for outcome in outcomes))
    n_probes = len(outcomes) - len(results.passes_generated)
    n_shared = n_failed_alone = 0
    for place, (outcome, vote) in enumerate(zip(outcomes, votes, strict=False)):
        if isinstance(outcome, str):
            n_shared += vote[outcome] == max(vote.values())
        elif place < n_probes:  # the input of a generated test may be invalid
            n_failed_alone += bool(vote)
    penalties = min(_MAX_PENALTIES, n_failed_alone + is_constant(outcomes))
    return math.sqrt(weight) * (n_shared + sum(results.passes_generated)) * 0.5**penalties


def _test_results(judgement: Judgement) -> tuple[float, ...]:
    """Return a candidate's results on the tests; less is better."""
    return (
        judgement.verdict is Verdict.IE,
        -judgement.n_passed,
        any(case.verdict not in _COMPLETED for case in judgement.cases),
        judgement.candidate.syntax_error is not None,
    )


def _ranked(
    judgement: Judgement,
    cluster: _Cluster | None,
    numbers: Mapping[tuple[Outcome, ...], int],
    several_answers: bool,
) -> RankedCandidate:
    reason = _test_reason(judgement)
    if cluster is None:
        n_completions = max(1, len(judgement.candidate.completions))
        return RankedCandidate(judgement=judgement, reason=reason, n_alike=n_completions)
    n_generated, n_passed = len(cluster.passes_generated), sum(cluster.passes_generated)
    reason = f"{reason}; {_probe_reason(cluster, judgement, several_answers)}"
    if n_generated:
        reason += f"; passes {n_passed} of {_counted(n_generated, 'generated test')}"
    return RankedCandidate(
        judgement=judgement,
        reason=reason,
        cluster=numbers[cluster.outcomes],
        cluster_size=cluster.n_programs,
        n_alike=cluster.n_completions,
        degenerate=is_degenerate(cluster.outcomes),
        score=cluster.score,
        n_generated_tests=n_generated,
        n_generated_tests_passed=n_passed,
    )


def _test_reason(judgement: Judgement) -> str:
    n_completions = len(judgement.candidate.completions)
    written = f", written {n_completions} times" if n_completions > 1 else ""
    if judgement.n_tests == 0:
        parses = judgement.candidate.syntax_error is None
        return ("parses; no tests were run" if parses else "does not parse") + written
    passed = f"passes {judgement.n_passed} of {judgement.n_tests}"
    if judgement.verdict is Verdict.AC:
        return passed + written
    last = next(case for case in judgement.cases if case.verdict is not Verdict.AC)
    return f"{passed}, then {last.verdict.value}: {last.detail}{written}"


def _probe_reason(cluster: _Cluster, judgement: Judgement, several_answers: bool) -> str:
    inputs = _counted(len(cluster.outcomes), "generated input")
    failed = [outcome for outcome in cluster.outcomes if not isinstance(outcome, str)]
    problem = ""
    if failed:
        problem = f"{failed[0].value} on {len(failed)} of them"
    elif is_constant(cluster.outcomes):
        problem = "same output for all of them"
    if several_answers:
        return f"run on {inputs} with several possible answers, {problem or 'no failures'}"
    n_others = cluster.n_peers - 1
    kind = "passing program" if judgement.verdict is Verdict.AC else "program with equal results"
    plural = kind if n_others == 1 else kind.replace("program", "programs")
    if n_others == 0:
        relation = f"no other {kind} to compare it with"
    elif cluster.n_programs > 1:
        relation = f"agrees with {cluster.n_programs - 1} of {n_others} other {plural}"
    else:
        count = "the" if n_others == 1 else f"all {n_others}"
        relation = f"differs from {count} other {plural}"
    return f"{relation} on {inputs}" + (f", {problem}" if problem else "")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

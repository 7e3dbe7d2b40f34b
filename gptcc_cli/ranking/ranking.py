"""Judgements -> an order, with the reason each candidate stands where it does.

Pure. Covers the order by what was seen on the tests and, among candidates that did equally well
there, by what they do on further inputs: the answer that most of them give is the likeliest to be
right. It never sees a hidden expected output beyond what the judgements it is given already used.
Does not run anything.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from gptcc_cli.judging import Judgement, Outcome, Verdict, is_constant, is_degenerate
from gptcc_cli.ranking.evidence import Evidence

_MOST_DOUBTS = 3
"""A few inputs may be none that the statement allows; more failures weigh no more."""

_RAN = frozenset({Verdict.AC, Verdict.WA, Verdict.PE})


class ProbeResults(Protocol):
    """What a program did on further inputs."""

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """By input: a digest of the answer, or how the program failed."""
        ...

    @property
    def passes_generated(self) -> tuple[bool, ...]:
        """Of the last inputs, those of tests a model wrote: whether it gives what they expect."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedCandidate:
    """A candidate in its place."""

    judgement: Judgement
    reason: str
    """Why it stands here, for people."""
    cluster: int | None = None
    """The number of the group of programs that do the same on further inputs, from 1 in the
    order of their best; ``None``: it was not run on any."""
    cluster_size: int | None = None
    """How many programs are in that group, itself included."""
    n_alike: int = 1
    """How many completions gave a program of that group; without one, this program."""
    degenerate: bool = False
    """Whether it fails on most further inputs, or has one answer to all of many: a right program
    seldom does, and one that repeats what the samples expect always does."""
    score: float | None = None
    """``sqrt(weight) * (inputs answered as most do + claims met)`` (CodeT's score, with agreement
    beside generated tests), where a program weighs the root of how often it was written. Halved
    for each input that others answer and it fails on, three times at most, and halved if it has
    one answer to all of many inputs."""
    n_generated_tests: int = 0
    """On how many tests a model wrote it was run. They are claims: no verdict depends on them."""
    n_generated_tests_passed: int = 0
    """To how many of them it gives the claimed answer."""

    @property
    def passed(self) -> bool:
        """Whether every test was run and accepted; false when there were none."""
        return self.judgement.verdict is Verdict.AC


def rank(
    judgements: Sequence[Judgement],
    signatures: Mapping[str, ProbeResults] | None = None,
    *,
    several_answers: bool = False,
) -> tuple[RankedCandidate, ...]:
    """Order judgements, best first.

    In turn: tests passed; ran to its end; parses; the score of what it does on further inputs;
    how many completions gave the same program; mean log-probability of its most likely
    completion; order of arrival. Judgements whose last word is ``IE`` come after all others,
    because nothing is known of them.

    Args:
        judgements: in order of arrival, which breaks the last ties.
        signatures: what programs did on further inputs, by canonical hash; those that
            are not in it were not run there.
        several_answers: whether several answers to one input may be right. Then agreement says
            little, and only how many inputs a program answers at all is counted.
    """
    agreement = _agreement(judgements, signatures or {}, several_answers)
    order = sorted(
        range(len(judgements)), key=lambda place: (*_key(judgements[place], agreement), place)
    )
    numbers: dict[tuple[Outcome, ...], int] = {}
    return tuple(_ranked(judgements[place], agreement, numbers) for place in order)


def evidence_for(
    ranked: Sequence[RankedCandidate], *, bits: float, n_written: int, several_answers: bool = False
) -> Evidence:
    """Count what passes, and what of it does as the best does.

    Args:
        ranked: in their order.
        bits: what the tests say.
        n_written: completions that had the chance to pass.
        several_answers: whether programs may differ and all be right; then, and where they were
            not run on further inputs, nothing tells them apart and all that pass are alike.
    """
    passing = [one for one in ranked if one.passed]
    n_passing = sum(len(one.judgement.candidate.completions) for one in passing)
    alone = several_answers or not passing or passing[0].cluster is None
    n_alike = n_passing if alone else passing[0].n_alike
    return Evidence(bits=bits, n_written=n_written, n_passing=n_passing, n_alike=n_alike)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cluster:
    """Programs that do the same on every further input."""

    outcomes: tuple[Outcome, ...]
    n_programs: int
    n_completions: int
    degenerate: bool
    passes_generated: tuple[bool, ...]
    score: float
    n_peers: int
    """How many programs were run on these inputs and did as well on the tests, this group's
    included."""


@dataclass(slots=True, kw_only=True)
class _Agreement:
    """What further inputs tell of each candidate."""

    groups: dict[str, _Cluster] = field(default_factory=dict)
    """By canonical hash."""
    several_answers: bool = False


def _agreement(
    judgements: Sequence[Judgement], signatures: Mapping[str, ProbeResults], several_answers: bool
) -> _Agreement:
    """Group the programs that did equally well on the tests by what they do beyond them."""
    agreement = _Agreement(several_answers=several_answers)
    peers: dict[tuple[float, ...], list[Judgement]] = {}
    for judgement in judgements:
        if judgement.candidate.canonical_hash in signatures:
            peers.setdefault(_standing(judgement), []).append(judgement)
    for level in peers.values():
        _group(level, signatures, agreement)
    return agreement


def _group(
    level: list[Judgement], signatures: Mapping[str, ProbeResults], agreement: _Agreement
) -> None:
    votes: list[defaultdict[str, float]] = []
    weights: defaultdict[tuple[Outcome, ...], float] = defaultdict(float)
    sizes: Counter[tuple[Outcome, ...]] = Counter()
    completions: Counter[tuple[Outcome, ...]] = Counter()
    for judgement in level:
        outcomes = signatures[judgement.candidate.canonical_hash].outcomes
        # A program written again says less than another that does the same.
        n_completions = max(1, len(judgement.candidate.completions))
        weight = math.sqrt(n_completions)
        weights[outcomes] += weight
        sizes[outcomes] += 1
        completions[outcomes] += n_completions
        votes.extend(defaultdict(float) for _ in range(len(outcomes) - len(votes)))
        for vote, outcome in zip(votes, outcomes, strict=False):
            if isinstance(outcome, str):
                vote[outcome] += weight
    for judgement in level:
        canonical_hash = judgement.candidate.canonical_hash
        signature = signatures[canonical_hash]
        outcomes = signature.outcomes
        agreement.groups[canonical_hash] = _Cluster(
            outcomes=outcomes,
            passes_generated=signature.passes_generated,
            n_programs=sizes[outcomes],
            n_completions=completions[outcomes],
            degenerate=is_degenerate(outcomes),
            n_peers=len(level),
            score=_score(
                signatures[canonical_hash], votes, weights[outcomes], agreement.several_answers
            ),
        )


def _score(
    seen: ProbeResults,
    votes: list[defaultdict[str, float]],
    weight: float,
    several_answers: bool,
) -> float:
    outcomes = seen.outcomes
    if several_answers:
        return float(sum(isinstance(outcome, str) for outcome in outcomes))
    n_probes = len(outcomes) - len(seen.passes_generated)
    as_most = 0
    failed_alone = 0
    for place, (outcome, vote) in enumerate(zip(outcomes, votes, strict=False)):
        if isinstance(outcome, str):
            as_most += vote[outcome] == max(vote.values())
        elif place < n_probes:  # the statement may forbid an input that a model wrote
            failed_alone += bool(vote)
    doubts = min(_MOST_DOUBTS, failed_alone + is_constant(outcomes))
    return math.sqrt(weight) * (as_most + sum(seen.passes_generated)) * 0.5**doubts


def _standing(judgement: Judgement) -> tuple[float, ...]:
    """How a candidate did on the tests; less is better."""
    return (
        judgement.verdict is Verdict.IE,
        -judgement.n_passed,
        not _ran(judgement),
        judgement.candidate.syntax_error is not None,
    )


def _key(judgement: Judgement, agreement: _Agreement) -> tuple[float, ...]:
    group = agreement.groups.get(judgement.candidate.canonical_hash)
    return (
        *_standing(judgement),
        -(group.score if group is not None else 0.0),
        -len(judgement.candidate.completions),
        -_likelihood(judgement),
    )


def _ran(judgement: Judgement) -> bool:
    return all(case.verdict in _RAN for case in judgement.cases)


def _likelihood(judgement: Judgement) -> float:
    known = [
        completion.mean_logprob
        for completion in judgement.candidate.completions
        if completion.mean_logprob is not None
    ]
    return max(known, default=float("-inf"))


def _ranked(
    judgement: Judgement, agreement: _Agreement, numbers: dict[tuple[Outcome, ...], int]
) -> RankedCandidate:
    group = agreement.groups.get(judgement.candidate.canonical_hash)
    if group is None:
        return RankedCandidate(
            judgement=judgement,
            reason=_reason(judgement),
            n_alike=max(1, len(judgement.candidate.completions)),
        )
    return RankedCandidate(
        judgement=judgement,
        reason=f"{_reason(judgement)}; {_words(group, judgement, agreement.several_answers)}"
        f"{_generated_words(group)}",
        cluster=numbers.setdefault(group.outcomes, len(numbers) + 1),
        cluster_size=group.n_programs,
        n_alike=group.n_completions,
        degenerate=group.degenerate,
        score=group.score,
        n_generated_tests=len(group.passes_generated),
        n_generated_tests_passed=sum(group.passes_generated),
    )


def _words(group: _Cluster, judgement: Judgement, several_answers: bool) -> str:
    """What further inputs say of a candidate."""
    inputs = _counted(len(group.outcomes), "further input")
    failed = [outcome for outcome in group.outcomes if not isinstance(outcome, str)]
    trouble = ""
    if failed:
        trouble = f", {failed[0].value} on {len(failed)} of {len(group.outcomes)} of them"
    elif is_constant(group.outcomes):
        trouble = ", with one answer to all of them"
    if several_answers:
        tail = trouble.removeprefix(", ") or "answers them all"
        return f"on {inputs}, where several answers may be right: {tail}"
    others = group.n_peers - 1
    kind = "passing program" if judgement.verdict is Verdict.AC else "program like it"
    kind = kind if others == 1 else kind.replace("program", "programs")
    if others == 0:
        return f"nothing to compare it with on {inputs}{trouble}"
    if group.n_programs == 1:
        return f"differs from {_all_of(others)} other {kind} on {inputs}{trouble}"
    return f"agrees with {group.n_programs - 1} of {others} other {kind} on {inputs}{trouble}"


def _generated_words(group: _Cluster) -> str:
    """What tests a model wrote say of a candidate."""
    met, generated_tests = sum(group.passes_generated), len(group.passes_generated)
    return f"; gives what {met} of {_counted(generated_tests, 'test')} a model wrote expect" * bool(
        generated_tests
    )


def _all_of(number: int) -> str:
    return "the one" if number == 1 else f"all {number}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _reason(judgement: Judgement) -> str:
    times = len(judgement.candidate.completions)
    agreement = f", written {times} times" if times > 1 else ""
    if judgement.n_tests == 0:
        parses = judgement.candidate.syntax_error is None
        return ("parses; nothing to verify it with" if parses else "does not parse") + agreement
    passed = f"passes {judgement.n_passed} of {judgement.n_tests}"
    if judgement.verdict is Verdict.AC:
        return passed + agreement
    last = next(case for case in judgement.cases if case.verdict is not Verdict.AC)
    return f"{passed}, then {last.verdict.value}: {last.detail}{agreement}"

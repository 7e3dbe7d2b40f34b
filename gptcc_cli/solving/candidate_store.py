"""The completions of a run with their results, and the rules for when the answer is known.

Judgements and output signatures come from other threads in any order; queries follow the order in
which completions arrived. Programs with one canonical hash are equivalent: the first represents
them all, and the others count as more completions of it.

A rule that is satisfied stays satisfied when more results come in, so generation can stop as soon
as it holds, whatever is still being judged.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from threading import Lock

from gptcc_cli.extraction import Candidate
from gptcc_cli.judging import Judgement, OutputSignature, Verdict, is_degenerate
from gptcc_cli.ranking import MIN_CONSENSUS, Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownArrival:
    """A completion whose program is judged and, if it passed, run on the generated inputs."""

    place: int
    """In the order of arrival, from 0."""
    judgement: Judgement
    signature: OutputSignature | None
    """The outputs on generated inputs; ``None``: it was not run on any."""


StopRule = Callable[[Iterable[KnownArrival]], int | None]
"""Returns the place at which the answer is known; ``None``: it is not."""

MIN_PROGRAMS = MIN_CONSENSUS
"""Different programs that make a consensus."""
MIN_COMPLETIONS = 8
"""Completions that make a consensus even if their programs are equivalent: a very short program can
hardly be written in another way."""


def never(_: Iterable[KnownArrival]) -> int | None:
    """Let everything be generated."""
    return None


def first_passing(arrivals: Iterable[KnownArrival]) -> int | None:
    """Stop at the first program that passes."""
    return next((one.place for one in arrivals if one.judgement.verdict is Verdict.AC), None)


def consensus(bits: float) -> StopRule:
    """Stop at the first output signature that enough passing programs share.

    Not counted are degenerate signatures, which fail on most inputs or give one output for all. The
    programs must also be most of those that pass, common and highly significant (``Evidence``).

    Args:
        bits: of the tests (``evidence_bits``).
    """

    def rule(arrivals: Iterable[KnownArrival]) -> int | None:
        hashes: dict[object, set[str]] = defaultdict(set)
        counts: dict[object, int] = defaultdict(int)
        n_failing = 0
        for one in arrivals:
            signature = one.signature
            n_failing += one.judgement.verdict is not Verdict.AC
            if one.judgement.verdict is not Verdict.AC or signature is None:
                continue
            if is_degenerate(signature.outcomes):
                continue
            key = signature.key
            hashes[key].add(one.judgement.candidate.canonical_hash)
            counts[key] += 1
            # Earlier arrivals without results may pass: count them, so that the rule stays true.
            evidence = Evidence(
                bits=bits,
                n_written=one.place + 1,
                n_passing=one.place + 1 - n_failing,
                n_alike=counts[key],
            )
            enough = len(hashes[key]) >= MIN_PROGRAMS or counts[key] >= MIN_COMPLETIONS
            settled = evidence.most_agree and evidence.common and evidence.highly_significant
            if enough and settled:
                return one.place
        return None

    return rule


@dataclass(slots=True)
class CandidateStore:
    """Completions in order of arrival, and their programs' results by canonical hash."""

    arrivals: list[Candidate] = field(default_factory=list)
    judgements: dict[str, Judgement] = field(default_factory=dict)
    signatures: dict[str, OutputSignature] = field(default_factory=dict)
    known: dict[str, Future[None]] = field(default_factory=dict)
    """By canonical hash, in order of arrival: done when all results of a program are recorded."""
    pending: list[Future[Judgement] | Future[OutputSignature]] = field(default_factory=list)
    """Work that can be cancelled."""
    hashes: set[str] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)

    def receive(self, candidate: Candidate) -> bool:
        """Record a completion's program; return whether its canonical hash is new."""
        with self.lock:
            self.arrivals.append(candidate)
            is_new = candidate.canonical_hash not in self.hashes
            self.hashes.add(candidate.canonical_hash)
            return is_new

    def note_judgement(self, candidate: Candidate, judgement: Judgement) -> None:
        """Record a program's judgement."""
        with self.lock:
            self.judgements[candidate.canonical_hash] = judgement

    def note_signature(self, candidate: Candidate, signature: OutputSignature) -> None:
        """Record a program's outputs on generated inputs."""
        with self.lock:
            self.signatures[candidate.canonical_hash] = signature

    @property
    def n_written(self) -> int:
        """The number of completions that arrived."""
        return sum(len(candidate.completions) for candidate in self.arrivals)

    def some_passed(self) -> bool:
        """Return whether any program is known to pass."""
        with self.lock:
            return any(one.verdict is Verdict.AC for one in self.judgements.values())

    def passes(self, candidate: Candidate) -> bool:
        """Return whether this program is known to pass."""
        with self.lock:
            judgement = self.judgements.get(candidate.canonical_hash)
        return judgement is not None and judgement.verdict is Verdict.AC

    def decided(self, rule: StopRule, *, in_order: bool) -> int | None:
        """Return the arrival at which a rule is satisfied; ``None``: at none yet.

        Args:
            rule: when the answer is known.
            in_order: ignore arrivals after the first one without results, so that the answer does
                not depend on the judge's speed.
        """
        with self.lock:
            return rule(self._with_results(in_order=in_order))

    def _with_results(self, *, in_order: bool) -> Iterator[KnownArrival]:
        for place, candidate in enumerate(self.arrivals):
            canonical_hash = candidate.canonical_hash
            known = self.known.get(canonical_hash)
            if known is not None and known.done() and canonical_hash in self.judgements:
                yield KnownArrival(
                    place=place,
                    judgement=self.judgements[canonical_hash],
                    signature=self.signatures.get(canonical_hash),
                )
            elif in_order:
                return

    def judged(self, upto: int | None) -> list[Judgement]:
        """Return judgements in order of arrival, each with all its program's completions.

        Args:
            upto: the last arrival to include; ``None``: all.
        """
        with self.lock:
            counted = self.arrivals if upto is None else self.arrivals[: upto + 1]
            merged: dict[str, Candidate] = {}
            for candidate in counted:
                known = merged.get(candidate.canonical_hash)
                merged[candidate.canonical_hash] = (
                    candidate if known is None else _join(known, candidate)
                )
            return [
                replace(self.judgements[canonical_hash], candidate=candidate)
                for canonical_hash, candidate in merged.items()
                if canonical_hash in self.judgements
            ]


def _join(known: Candidate, more: Candidate) -> Candidate:
    return replace(known, completions=(*known.completions, *more.completions))

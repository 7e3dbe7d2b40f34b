"""What has arrived in a run and what became of it; the one place that changes meanwhile.

Verdicts and behaviours come from other threads in any order; questions are answered by the order
in which completions arrived. Programs with one canonical hash do the same: the first represents
them all, and the others count as more completions of it.
"""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from threading import Lock

from gptcc_cli.extraction import Candidate
from gptcc_cli.judging import Judgement, OutputSignature, Verdict
from gptcc_cli.solving.deciding import Decide, Known


@dataclass(slots=True)
class CandidateStore:
    """Completions in their order, and what is known of their programs, by canonical hash."""

    arrivals: list[Candidate] = field(default_factory=list)
    judgements: dict[str, Judgement] = field(default_factory=dict)
    signatures: dict[str, OutputSignature] = field(default_factory=dict)
    known: dict[str, Future[None]] = field(default_factory=dict)
    """By canonical hash, in the order of arrival: done when judgement and behaviour are noted."""
    pending: list[Future[Judgement] | Future[OutputSignature]] = field(default_factory=list)
    """What can be cancelled."""
    hashes: set[str] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)

    def receive(self, candidate: Candidate) -> bool:
        """Note a completion's program; return whether its canonical hash is new."""
        with self.lock:
            self.arrivals.append(candidate)
            is_new = candidate.canonical_hash not in self.hashes
            self.hashes.add(candidate.canonical_hash)
            return is_new

    def note_judgement(self, candidate: Candidate, judgement: Judgement) -> None:
        """Keep what became of a program."""
        with self.lock:
            self.judgements[candidate.canonical_hash] = judgement

    def note_signature(self, candidate: Candidate, signature: OutputSignature) -> None:
        """Keep what a program does on further inputs."""
        with self.lock:
            self.signatures[candidate.canonical_hash] = signature

    @property
    def n_written(self) -> int:
        """How many completions arrived."""
        return sum(len(candidate.completions) for candidate in self.arrivals)

    def some_passed(self) -> bool:
        """Whether any program is known to pass."""
        with self.lock:
            return any(one.verdict is Verdict.AC for one in self.judgements.values())

    def passes(self, candidate: Candidate) -> bool:
        """Whether this program is known to pass."""
        with self.lock:
            judgement = self.judgements.get(candidate.canonical_hash)
        return judgement is not None and judgement.verdict is Verdict.AC

    def decided(self, decide: Decide, *, in_turn: bool) -> int | None:
        """Where in the order of arrival the answer is known.

        Args:
            decide: the rule.
            in_turn: whether nothing counts that arrived after a program of which too little is
                known, so that the place does not depend on the judge's speed.
        """
        with self.lock:
            return decide(self._known(in_turn=in_turn))

    def _known(self, *, in_turn: bool) -> Iterator[Known]:
        for place, candidate in enumerate(self.arrivals):
            canonical_hash = candidate.canonical_hash
            known = self.known.get(canonical_hash)
            if known is not None and known.done() and canonical_hash in self.judgements:
                yield Known(
                    place=place,
                    judgement=self.judgements[canonical_hash],
                    signature=self.signatures.get(canonical_hash),
                )
            elif in_turn:
                return

    def judged(self, upto: int | None) -> list[Judgement]:
        """Judgements in order of arrival, each with its program's completions.

        Args:
            upto: the place of the last arrival that counts; ``None``: all count.
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

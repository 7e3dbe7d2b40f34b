"""What has arrived in a run and what became of it; the one place that changes meanwhile.

Judgements come from other threads in any order; questions are answered by the order of arrival.
"""

from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from threading import Lock

from gptcc_cli.extraction import Candidate
from gptcc_cli.judging import Judgement, Verdict


@dataclass(slots=True)
class Desk:
    """What has arrived and what became of it; the one place that changes during a run."""

    arrived: list[Candidate] = field(default_factory=list)
    judgements: dict[str, Judgement] = field(default_factory=dict)
    pending: dict[str, Future[Judgement]] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    n_written: int = 0
    lock: Lock = field(default_factory=Lock)

    def receive(self, candidate: Candidate) -> bool:
        """Note a candidate; return whether its program is new.

        Programs of one form do the same, so only the first of them is judged.
        """
        with self.lock:
            self.n_written += len(candidate.completions)
            place = self.places.get(candidate.form)
            if place is None:
                self.places[candidate.form] = len(self.arrived)
                self.arrived.append(candidate)
                return True
            known = self.arrived[place]
            merged = (*known.completions, *candidate.completions)
            self.arrived[place] = replace(known, completions=merged)
            return False

    def first_passed(self) -> int | None:
        """The earliest arrival known to pass, once nothing earlier is still undecided."""
        with self.lock:
            for place, candidate in enumerate(self.arrived):
                judgement = self.judgements.get(candidate.id)
                if judgement is None:
                    return None
                if judgement.verdict is Verdict.AC:
                    return place
        return None

    def some_passed(self) -> bool:
        """Whether any candidate is known to pass."""
        with self.lock:
            return any(one.verdict is Verdict.AC for one in self.judgements.values())

    def judged(self, upto: int | None) -> list[Judgement]:
        """Judgements in order of arrival, with all completions of each program."""
        with self.lock:
            last = len(self.arrived) if upto is None else upto + 1
            return [
                replace(self.judgements[candidate.id], candidate=candidate)
                for candidate in self.arrived[:last]
                if candidate.id in self.judgements
            ]

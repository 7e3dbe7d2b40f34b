"""One search to the end of its budget as a line of JSON, and what each rule would have come to.

All rules look at the same programs in the order they arrived, as the search itself does: what a
rule gives is what the search would have given under it. Rules don't know hidden tests.
"""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any

from gptcc_cli.candidate_sources import CandidateSource
from gptcc_cli.extraction import Candidate, extract
from gptcc_cli.generation import Completion, Sampling, plan
from gptcc_cli.judging import CaseResult, Judge, Judgement, OutputSignature, Verdict
from gptcc_cli.judging.problem_judge import ProbeRunner, ProblemJudge, probe_runner_for
from gptcc_cli.options.solve import TEMPERATURE_SCHEDULE
from gptcc_cli.problem import IOTest, Problem
from gptcc_cli.ranking import Evidence, evidence_bits, evidence_for, rank
from gptcc_cli.solving import SolveEvent, Until, solve
from gptcc_cli.solving.candidate_store import CandidateStore, StopRule
from tests.programs import completion

N_AT_MOST = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The program that a rule gives, and after how many seconds."""

    form: str
    wall_s: float
    evidence: Evidence
    degenerate: bool

    @property
    def confident(self) -> bool:
        """As ``Solution.convincing``."""
        return self.evidence.confident and not self.degenerate


@dataclass(slots=True, kw_only=True)
class SearchRecord:
    """What arrived, and what became of it; extracts and observes for the search."""

    problem: Problem
    probe_runner: ProbeRunner | None = None
    started_s: float = field(default_factory=monotonic)
    wall_s: float = 0.0
    """Of the whole search, once it is over."""
    arrived_s: list[float] = field(default_factory=list)
    """Seconds from the start, by place of arrival."""
    store: CandidateStore = field(default_factory=CandidateStore)

    def extract(self, completion: Completion) -> Candidate:
        """Make a program of a completion, and note when."""
        candidate = extract(completion, self.problem)
        self.note(candidate, monotonic() - self.started_s)
        return candidate

    def note(self, candidate: Candidate, arrived_s: float) -> None:
        """Take an arrival."""
        self.arrived_s.append(arrived_s)
        if self.store.receive(candidate):
            self.store.known[candidate.canonical_hash] = _done()

    def listen(self, event: SolveEvent) -> None:
        """Note a judgement."""
        judgement = getattr(event, "judgement", None)
        if isinstance(judgement, Judgement):
            self.store.note_judgement(judgement.candidate, judgement)

    def submit(self, candidate: Candidate) -> "Future[OutputSignature]":
        """Run a program on further inputs, and note what it does."""
        assert self.probe_runner is not None
        seen = self.probe_runner.submit(candidate)
        seen.add_done_callback(lambda done: self._note_signature(candidate, done))
        return seen

    def _note_signature(self, candidate: Candidate, done: "Future[OutputSignature]") -> None:
        if not done.cancelled() and done.exception() is None:
            self.store.note_signature(candidate, done.result())

    def passing(self) -> list[Candidate]:
        """Return every program that passes, in the order of arrival."""
        passed = (one for one in self.store.judged(None) if one.verdict is Verdict.AC)
        return [judgement.candidate for judgement in passed]

    def chosen(self, rule: StopRule) -> Choice | None:
        """Return what the search gives if it ends by a rule; ``None``: the rule never holds."""
        place = self.store.decided(rule, in_order=False)
        return None if place is None else self._choice(place)

    def best(self) -> Choice | None:
        """Return what is first after all of the time; ``None``: nothing passed."""
        return self._choice(None)

    def _choice(self, place: int | None) -> Choice | None:
        several = self.problem.answer.special_judge
        ranked = rank(self.store.judged(place), self.store.signatures, several_answers=several)
        if not ranked or not ranked[0].passed:
            return None
        n_written = len(self.store.arrivals) if place is None else place + 1
        evidence = evidence_for(
            ranked, bits=self.bits, n_written=n_written, several_answers=several
        )
        return Choice(
            form=ranked[0].judgement.candidate.canonical_hash,
            wall_s=self.wall_s if place is None else self.arrived_s[place],
            evidence=evidence,
            degenerate=ranked[0].degenerate,
        )

    @property
    def bits(self) -> float:
        """What the samples say."""
        return evidence_bits(self.problem, self.problem.trusted_samples)

    def line(self, right: Mapping[str, bool]) -> dict[str, Any]:
        """Return everything that rules can be tried on without a model.

        Args:
            right: of programs that pass the samples, whether they pass the hidden tests, by form.
        """
        places: dict[str, list[int]] = {}
        for place, candidate in enumerate(self.store.arrivals):
            places.setdefault(candidate.canonical_hash, []).append(place)
        return {
            "wall_s": self.wall_s,
            "arrived_s": [round(seconds, 2) for seconds in self.arrived_s],
            "programs": [
                {**self._program(form, where), "right": right.get(form)}
                for form, where in places.items()
            ],
        }

    def _program(self, form: str, places: list[int]) -> dict[str, Any]:
        judgement = self.store.judgements.get(form)
        signature = self.store.signatures.get(form)
        verdict = None if judgement is None else judgement.verdict
        arrivals = [self.store.arrivals[place] for place in places]
        written = [one.completions[0] for one in arrivals]
        return {
            "form": form,
            "places": places,
            "verdict": None if verdict is None else verdict.name,
            "source": arrivals[0].source if verdict is Verdict.AC else None,
            "logprobs": [one.mean_logprob for one in written],
            "outcomes": None if signature is None else [_word(one) for one in signature.outcomes],
        }


def read_record(line: Mapping[str, Any], problem: Problem) -> SearchRecord:
    """Return the search of a line. Programs that failed the samples have no source."""
    record = SearchRecord(problem=problem, wall_s=line["wall_s"])
    by_place = sorted(
        (place, number, program)
        for program in line["programs"]
        for number, place in enumerate(program["places"])
    )
    for place, number, program in by_place:
        record.note(_candidate(program, place, number), line["arrived_s"][place])
    for program in line["programs"]:
        candidate = _candidate(program, 0, 0)
        if program["verdict"] is not None:
            record.store.note_judgement(candidate, _judgement(candidate, program["verdict"]))
        if program["outcomes"] is not None:
            outcomes = tuple(Verdict.__members__.get(one, one) for one in program["outcomes"])
            record.store.note_signature(candidate, OutputSignature(outcomes=outcomes))
    return record


def _candidate(program: Mapping[str, Any], place: int, number: int) -> Candidate:
    written = completion("", index=place)
    written = replace(written, mean_logprob=program["logprobs"][number])
    # A text that does not parse has its id for a form.
    source = program["source"] or f"?{program['form']}"
    return Candidate(id=program["form"], source=source, completions=(written,))


def _judgement(candidate: Candidate, verdict: str) -> Judgement:
    test = IOTest(name="samples", input="", expected=None)
    case = CaseResult(test=test, verdict=Verdict[verdict], detail="", execution=None)
    return Judgement(candidate=candidate, cases=(case,), n_tests=1)


def _word(outcome: str | Verdict) -> str:
    return outcome if isinstance(outcome, str) else outcome.name


def _done() -> "Future[None]":
    done: Future[None] = Future()
    done.set_result(None)
    return done


def search(
    writer: CandidateSource,
    judge: Judge,
    problem: Problem,
    *,
    budget_s: float,
    until: Until = Until.ALL,
) -> SearchRecord:
    """Search one problem as ``gptcc solve --budget`` does, to the end unless told otherwise."""
    sampling = Sampling(n=N_AT_MOST, temperature_schedule=TEMPERATURE_SCHEDULE)
    started_s = monotonic()
    record = SearchRecord(
        problem=problem,
        probe_runner=probe_runner_for(judge, problem, seed=sampling.seed),
        started_s=started_s,
    )
    solve(
        problem,
        problem.trusted_samples,
        plan(writer.prompts(problem), sampling, problem.id),
        sampling,
        generator=writer.generator,
        extract=record.extract,
        judge=ProblemJudge(judge=judge, problem=problem, tests=problem.samples),
        probe_runner=None if record.probe_runner is None else record,
        until=until,
        budget_s=budget_s,
        listen=record.listen,
    )
    record.wall_s = monotonic() - started_s
    return record

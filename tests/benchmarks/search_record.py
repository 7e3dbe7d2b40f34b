"""One search to the end of its budget, and what each rule for ending it would have come to.

All rules look at the same programs in the order they arrived, as the search itself does: the
answer of a rule is what the search would have given under it. Nothing here knows hidden tests.
"""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from gptcc_cli.cli.collaborators.hearing import Hearing, Observation, observation_of
from gptcc_cli.cli.collaborators.writer import Writer
from gptcc_cli.extraction import Candidate, extract
from gptcc_cli.generation import LATER, Completion, Sampling, plan
from gptcc_cli.judging import Behaviour, Judge, Judgement, Verdict
from gptcc_cli.problem import Problem
from gptcc_cli.ranking import rank
from gptcc_cli.solving import SolveEvent, Until, solve
from gptcc_cli.solving.deciding import Decide
from gptcc_cli.solving.desk import Desk

N_AT_MOST = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The program that a rule gives, and after how many seconds."""

    candidate: Candidate | None
    """``None``: the rule was not satisfied in time."""
    wall_s: float


@dataclass(slots=True, kw_only=True)
class SearchRecord:
    """What arrived, and what became of it; extracts and observes for the search."""

    problem: Problem
    observation: Observation | None
    started_s: float = field(default_factory=monotonic)
    arrived_s: list[float] = field(default_factory=list)
    """Seconds from the start, by place of arrival."""
    known_s: dict[str, float] = field(default_factory=dict)
    """When the last fact about a program came, by form."""
    desk: Desk = field(default_factory=Desk)
    wall_s: float = 0.0
    """Of the whole search, once it is over."""

    def extract(self, completion: Completion) -> Candidate:
        """Make a program of a completion, and note when."""
        candidate = extract(completion, self.problem)
        self.arrived_s.append(self._now_s())
        if self.desk.receive(candidate):
            self.desk.known[candidate.form] = _nothing()
        return candidate

    def listen(self, event: SolveEvent) -> None:
        """Note a judgement."""
        judgement = getattr(event, "judgement", None)
        if isinstance(judgement, Judgement):
            self.desk.note_judgement(judgement.candidate, judgement)
            self.known_s[judgement.candidate.form] = self._now_s()

    def submit(self, candidate: Candidate) -> "Future[Behaviour]":
        """Run a program on further inputs, and note what it does."""
        assert self.observation is not None
        seen = self.observation.submit(candidate)
        seen.add_done_callback(lambda done: self._note(candidate, done))
        return seen

    def _note(self, candidate: Candidate, done: "Future[Behaviour]") -> None:
        if not done.cancelled() and done.exception() is None:
            self.desk.note_behaviour(candidate, done.result())
            self.known_s[candidate.form] = self._now_s()

    def _now_s(self) -> float:
        return monotonic() - self.started_s

    def chosen(self, decide: Decide) -> Choice:
        """Return what the search gives if it ends by a rule, or nothing by its end."""
        place = self.desk.decided(decide, in_turn=False)
        wall_s = self.wall_s
        if place is None:
            return Choice(candidate=None, wall_s=wall_s)
        form = self.desk.arrivals[place].form
        known_s = max(self.arrived_s[place], self.known_s[form])
        return Choice(candidate=self._best(place), wall_s=min(wall_s, known_s))

    def best(self) -> Choice:
        """Return what is first after all of the time."""
        return Choice(candidate=self._best(None), wall_s=self.wall_s)

    def _best(self, place: int | None) -> Candidate | None:
        judged: Sequence[Judgement] = self.desk.judged(place)
        several = self.problem.answer.special_judge
        ranked = rank(judged, self.desk.behaviours, several_answers=several)
        return ranked[0].judgement.candidate if ranked and ranked[0].passed else None

    def passing(self) -> list[Candidate]:
        """Return every program that passes, in the order of arrival."""
        passed = (one for one in self.desk.judged(None) if one.verdict is Verdict.AC)
        return [judgement.candidate for judgement in passed]

    def line(self, right: dict[str, bool]) -> dict[str, Any]:
        """Return what rules can be tried on without a model.

        Args:
            right: of programs that pass the samples, whether they pass the hidden tests, by form.
        """
        places: dict[str, list[int]] = {}
        for place, candidate in enumerate(self.desk.arrivals):
            places.setdefault(candidate.form, []).append(place)
        programs = [_program(self, form, where) for form, where in places.items()]
        for program in programs:
            program["right"] = right.get(program["form"])
        return {
            "n_samples": len(self.problem.trusted_samples),
            "arrived_s": [round(seconds, 2) for seconds in self.arrived_s],
            "programs": programs,
        }


def _program(record: SearchRecord, form: str, places: list[int]) -> dict[str, Any]:
    judgement = record.desk.judgements.get(form)
    behaviour = record.desk.behaviours.get(form)
    written = [record.desk.arrivals[place].completions[0] for place in places]
    passed = judgement is not None and judgement.verdict is Verdict.AC
    return {
        "form": form,
        "places": places,
        "n_passed": None if judgement is None else judgement.n_passed,
        "verdict": None
        if judgement is None or judgement.verdict is None
        else judgement.verdict.name,
        "source": record.desk.arrivals[places[0]].source if passed else None,
        "written": [
            (one.index, one.temperature, one.mean_logprob, _prompt_id(one)) for one in written
        ]
        if passed
        else None,
        "outcomes": None
        if behaviour is None
        else [one if isinstance(one, str) else one.name for one in behaviour.outcomes],
    }


def _prompt_id(completion: Completion) -> str:
    """Tell prompts of one problem apart."""
    return f"{hash((completion.prompt.text, completion.prompt.prefix)) & 0xFFFFFF:06x}"


def _nothing() -> "Future[None]":
    done: Future[None] = Future()
    done.set_result(None)
    return done


def search(
    writer: Writer,
    judge: Judge,
    problem: Problem,
    *,
    budget_s: float,
    until: Until = Until.ALL,
) -> SearchRecord:
    """Search one problem as ``gptcc solve --budget`` does, to the end unless told otherwise."""
    sampling = Sampling(n=N_AT_MOST, later=LATER)
    started_s = monotonic()
    record = SearchRecord(
        problem=problem,
        observation=observation_of(judge, problem, seed=sampling.seed),
        started_s=started_s,
    )
    solve(
        problem,
        problem.trusted_samples,
        plan(writer.prompts(problem), sampling, problem.id),
        sampling,
        generator=writer.generator,
        extract=record.extract,
        judge=Hearing(judge=judge, problem=problem, tests=problem.samples),
        observe=None if record.observation is None else record,
        until=until,
        budget_s=budget_s,
        listen=record.listen,
    )
    record.wall_s = monotonic() - started_s
    return record

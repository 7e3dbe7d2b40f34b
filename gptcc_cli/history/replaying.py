"""A kept run, done again: what the model wrote then is given out again, and results compared.

Covers who writes (``Recorded``) and what differs (``differences``). Judging, and writing anew
with a model, are the caller's.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from threading import Event

from gptcc_cli.generation import Completion, Request, Sampling, Watcher
from gptcc_cli.history.runs import KeptProgram, KeptRun
from gptcc_cli.judging import Judgement
from gptcc_cli.solving import Ended, Solution

_BY_THE_CLOCK = frozenset({Ended.BUDGET.value, Ended.INTERRUPTED.value, None})
"""Ends that another run would not meet at the same place; ``None``: the process was killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is not as it was."""

    what: str
    """Such as ``candidate 3`` or ``answer``."""
    was: str
    now: str


class Recorded:
    """Gives out the completions of a run in the order in which they arrived, round by round."""

    def __init__(self, name: str, completions: Iterable[Completion]) -> None:
        """Keep them.

        Args:
            name: of the run.
            completions: in the order of arrival.
        """
        self._name = name
        self._rounds: dict[int, list[Completion]] = {}
        for completion in completions:
            self._rounds.setdefault(completion.prompt.round, []).append(completion)

    @property
    def name(self) -> str:
        """The run."""
        return f"replay of run {self._name}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What stands in for a model."""
        return (f"completions come from run {self._name}; no model runs",)

    def generate(
        self,
        requests: Iterable[Request],
        sampling: Sampling,  # noqa: ARG002  (it was sampled before)
        *,
        cancel: Event | None = None,
        watch: Watcher | None = None,  # noqa: ARG002  (there is nothing to watch)
    ) -> Iterator[Completion]:
        """Yield what arrived in the round of these requests, whatever they ask for."""
        first = next(iter(requests), None)
        if first is None:
            return
        for completion in self._rounds.get(first.prompt.round, ()):
            if cancel is not None and cancel.is_set():
                return
            yield completion


def text_differences(
    kept: Iterable[Completion], written: Mapping[int, Completion]
) -> Iterator[Difference]:
    """Compare what a model writes now with what it wrote then.

    Args:
        kept: the run's completions.
        written: those of today, by their number.
    """
    for then in kept:
        now = written.get(then.index)
        if now is None:
            yield Difference(what=f"candidate {then.index}", was="written", now="not written")
        elif now.text != then.text:
            place = _first_difference(then.text, now.text)
            yield Difference(
                what=f"candidate {then.index}, character {place}",
                was=repr(then.text[place : place + 24]),
                now=repr(now.text[place : place + 24]),
            )


def differences(
    run: KeptRun, solution: Solution, further: Mapping[str, Judgement]
) -> Iterator[Difference]:
    """Compare a run with what came of the same completions today.

    Where the clock ended the run, more may be judged today; what was judged then is compared.

    Args:
        run: as it was kept.
        solution: what came of its completions today.
        further: judgements of the programs that the solution does not rank, by their id.
    """
    today = {one.judgement.candidate.id: one.judgement for one in solution.ranked}
    for program in run.programs:
        yield from _of_program(program, today.get(program.id) or further.get(program.id))
    if run.ended in _BY_THE_CLOCK or not _came_to_an_answer(run):
        return
    best = solution.best
    now = None if best is None else best.judgement.candidate.id
    if now != run.answer:
        yield Difference(what="answer", was=_short(run.answer), now=_short(now))
    ranks = [program.id for program in run.programs if program.rank is not None]
    order = [one.judgement.candidate.id for one in solution.ranked]
    if order != ranks:
        yield Difference(
            what="order of programs",
            was=" ".join(map(_short, ranks)),
            now=" ".join(map(_short, order)),
        )


def _came_to_an_answer(run: KeptRun) -> bool:
    """Whether its programs were put in order; a sandbox that fails keeps a run from it."""
    return run.ended != Ended.FAILED.value or run.answer is not None


def _of_program(program: KeptProgram, judgement: Judgement | None) -> Iterator[Difference]:
    what = "program of " + ", ".join(f"candidate {index}" for index in program.indexes[:3])
    if judgement is None:
        yield Difference(what=what, was=_short(program.id), now="no such program")
        return
    if judgement.candidate.source != program.source:
        yield Difference(what=what, was=repr(program.source), now=repr(judgement.candidate.source))
    was, now = _verdicts_kept(program), _verdicts(judgement)
    if was != now:
        yield Difference(what=what, was=was, now=now)


def _verdicts_kept(program: KeptProgram) -> str:
    cases = " ".join(f"{case['test']}={case['verdict']}" for case in program.cases)
    return f"{program.verdict or '--'} ({cases})" if cases else program.verdict or "--"


def _verdicts(judgement: Judgement) -> str:
    cases = " ".join(f"{case.test.name}={case.verdict.value}" for case in judgement.cases)
    verdict = judgement.verdict.value if judgement.verdict else "--"
    return f"{verdict} ({cases})" if cases else verdict


def _first_difference(left: str, right: str) -> int:
    pairs = enumerate(zip(left, right, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(left), len(right)))


def _short(id_: str | None) -> str:
    return "none" if id_ is None else id_[:8]

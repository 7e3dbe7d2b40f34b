"""A recorded run repeated: its completions given out again, results compared, and exported.

Covers the generator that stands in for the model (``RunReplay``), what differs (``compare_run``,
``compare_texts``) and the export for ``solve --replay``. Judging, and generating anew with a model,
are the caller's.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from threading import Event

from gptcc_cli.extraction import extract
from gptcc_cli.generation import Completion, Request, Sampling, Watcher, completion_record
from gptcc_cli.history.runs import RecordedProgram, RecordedRun
from gptcc_cli.judging import Judgement
from gptcc_cli.solving import Ended, Solution

_ENDED_BY_CLOCK = frozenset({Ended.BUDGET.value, Ended.INTERRUPTED.value, None})
"""Ends that a repeated run does not meet at the same point; ``None``: the process was killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that differs from the recorded run."""

    what: str
    """Such as ``candidate 3`` or ``answer``."""
    was: str
    now: str


class RunReplay:
    """A generator that yields a run's completions in their order of arrival, round by round."""

    def __init__(self, run_id: str, completions: Iterable[Completion]) -> None:
        """Take the completions of a run.

        Args:
            run_id: the run.
            completions: in the order of arrival.
        """
        self._run_id = run_id
        self._rounds: dict[int, list[Completion]] = {}
        for completion in completions:
            self._rounds.setdefault(completion.prompt.round, []).append(completion)

    @property
    def name(self) -> str:
        """What generates, for people."""
        return f"replay of run {self._run_id}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know of the generator."""
        return (f"completions come from run {self._run_id}; no model runs",)

    def generate(
        self,
        requests: Iterable[Request],
        sampling: Sampling,  # noqa: ARG002  (the completions were sampled before)
        *,
        cancel: Event | None = None,
        watch: Watcher | None = None,  # noqa: ARG002  (there is no progress to watch)
    ) -> Iterator[Completion]:
        """Yield what arrived in the round of these requests, whatever they ask for."""
        first = next(iter(requests), None)
        if first is None:
            return
        for completion in self._rounds.get(first.prompt.round, ()):
            if cancel is not None and cancel.is_set():
                return
            yield completion


def compare_texts(
    recorded: Iterable[Completion], generated: Mapping[int, Completion]
) -> Iterator[Difference]:
    """Compare what a model writes now with what it wrote then.

    Args:
        recorded: the run's completions.
        generated: today's completions by index.
    """
    for then in recorded:
        now = generated.get(then.index)
        if now is None:
            yield Difference(what=f"candidate {then.index}", was="generated", now="not generated")
        elif now.text != then.text:
            start = _first_difference(then.text, now.text)
            yield Difference(
                what=f"candidate {then.index}, character {start}",
                was=repr(then.text[start : start + 24]),
                now=repr(now.text[start : start + 24]),
            )


def compare_run(
    run: RecordedRun, solution: Solution, further: Mapping[str, Judgement]
) -> Iterator[Difference]:
    """Compare a run with the result of the same completions today.

    If the clock ended the run, more programs may be judged today; only those judged then count.

    Args:
        run: the recorded run.
        solution: the result of its completions today.
        further: judgements of programs that the solution does not rank, by their id.
    """
    today = {one.judgement.candidate.id: one.judgement for one in solution.ranked}
    for program in run.programs:
        yield from _compare_program(program, today.get(program.id) or further.get(program.id))
    was_ranked = run.ended != Ended.FAILED.value or run.answer is not None
    if run.ended in _ENDED_BY_CLOCK or not was_ranked:
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


def export_lines(
    run: RecordedRun, completions: Iterable[Completion], *, first_index: int = 0
) -> Iterator[str]:
    """Yield a line of JSON for each completion, for ``solve --replay`` and ``grade``.

    A line has the completion's text, which is replayed, and the program made of it, which is
    graded. Indexes follow the order of arrival without gaps. There is no header, so that one file
    may hold the lines of several runs.

    Args:
        run: the run.
        completions: in the order of arrival.
        first_index: the first line's index, if lines of the same problem come before it.
    """
    verdicts = {index: one.verdict for one in run.programs for index in one.indexes}
    for index, completion in enumerate(completions, start=first_index):
        record = {
            "run": run.summary.id,
            "problem": run.problem.id,
            "number": completion.index,
            "round": completion.prompt.round,
            "verdict": verdicts.get(completion.index),
            "solution": extract(completion, run.problem).source,
            **completion_record(replace(completion, index=index)),
        }
        yield json.dumps(record) + "\n"


def _compare_program(program: RecordedProgram, judgement: Judgement | None) -> Iterator[Difference]:
    what = "program of " + ", ".join(f"candidate {index}" for index in program.indexes[:3])
    if judgement is None:
        yield Difference(what=what, was=_short(program.id), now="no such program")
        return
    if judgement.candidate.source != program.source:
        yield Difference(what=what, was=repr(program.source), now=repr(judgement.candidate.source))
    was = _verdicts(program.verdict, [(case.test, case.verdict) for case in program.cases])
    now = _verdicts(
        judgement.verdict and judgement.verdict.value,
        [(case.test.name, case.verdict.value) for case in judgement.cases],
    )
    if was != now:
        yield Difference(what=what, was=was, now=now)


def _verdicts(verdict: str | None, cases: list[tuple[str, str]]) -> str:
    each = " ".join(f"{test}={one}" for test, one in cases)
    return f"{verdict or '--'} ({each})" if each else verdict or "--"


def _first_difference(left: str, right: str) -> int:
    pairs = enumerate(zip(left, right, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(left), len(right)))


def _short(id_: str | None) -> str:
    return "none" if id_ is None else id_[:8]

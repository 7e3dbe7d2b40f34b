"""The whole corridor for one problem: requests -> completions -> candidates -> Solution.

Receives ready collaborators, emits events, prints nothing, loads nothing. Candidates are judged
while others are still being written; the first that passes everything can end the rest.

Which program is chosen does not depend on how fast the judge is: candidates are numbered as
they arrive from the generator, and with ``Until.FIRST`` the passing candidate that arrived
first is the answer even if a later one was judged sooner. Only a budget or an interruption,
which look at a clock, can change the answer of a repeated run.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field, replace
from enum import Enum
from threading import Event, Lock, Timer
from typing import Protocol

from gptcc_cli.errors import GptccError
from gptcc_cli.extraction import Candidate
from gptcc_cli.generation import Completion, Generator, Request, Sampling, Writing
from gptcc_cli.judging import Judgement, Verdict
from gptcc_cli.problem import IOTest, Problem
from gptcc_cli.ranking import RankedCandidate, rank


class Until(Enum):
    """When to stop writing candidates."""

    FIRST = "first"
    """When one passes every test."""
    ALL = "all"
    """When all are written."""


class Ended(Enum):
    """Why a run ended."""

    FOUND = "found"
    """A candidate passed every test."""
    EXHAUSTED = "exhausted"
    """All candidates were written and judged."""
    BUDGET = "budget"
    """The time was over."""
    INTERRUPTED = "interrupted"
    """The user wanted no more."""
    FAILED = "failed"
    """The generator failed; what it had written by then was judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrote:
    """A completion arrived."""

    completion: Completion


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A candidate has its judgement."""

    judgement: Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """Generation is under way."""

    writing: Writing


SolveEvent = Wrote | Judged | Glimpse
Listener = Callable[[SolveEvent], None]
"""Called from any thread, one call at a time; must be quick."""


class Extractor(Protocol):
    """Makes a program of a completion."""

    def __call__(self, completion: Completion) -> Candidate:
        """Return the candidate this completion holds."""
        ...


class Judging(Protocol):
    """Gives candidates their judgements, several at once."""

    def submit(self, candidate: Candidate) -> Future[Judgement]:
        """Judge a candidate on the tests of this run."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """The answer to the user."""

    problem: Problem
    ranked: tuple[RankedCandidate, ...]
    """Every judged candidate, best first."""
    n_written: int
    """Completions that arrived."""
    ended: Ended
    verified_by: tuple[IOTest, ...]
    """The tests that candidates were run on: trusted samples and whatever the user gave."""
    failure: GptccError | None = None
    """Why the generator could not go on."""

    @property
    def best(self) -> RankedCandidate | None:
        """The program to show; ``None`` if nothing was written that holds code."""
        usable = (one for one in self.ranked if one.judgement.candidate.source.strip())
        return next(usable, None)

    @property
    def solved(self) -> bool:
        """Whether there is at least one test and the best candidate passes all."""
        return bool(self.verified_by) and self.best is not None and self.best.passed

    @property
    def undecided(self) -> bool:
        """Whether our own failure, not the candidates', kept the best from a verdict."""
        return self.best is not None and self.best.judgement.verdict is Verdict.IE


@dataclass(slots=True)
class _Desk:
    """What has arrived and what became of it; the one place that changes during a run."""

    arrived: list[Candidate] = field(default_factory=list)
    judgements: dict[str, Judgement] = field(default_factory=dict)
    pending: dict[str, Future[Judgement]] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    n_written: int = 0
    lock: Lock = field(default_factory=Lock)

    def receive(self, candidate: Candidate) -> bool:
        """Note a candidate; return whether its program is new."""
        with self.lock:
            self.n_written += len(candidate.completions)
            place = self.places.get(candidate.id)
            if place is None:
                self.places[candidate.id] = len(self.arrived)
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


def solve(
    problem: Problem,
    tests: Sequence[IOTest],
    requests: Iterable[Request],
    sampling: Sampling,
    *,
    generator: Generator,
    extract: Extractor,
    judge: Judging,
    until: Until = Until.FIRST,
    budget_s: float | None = None,
    listen: Listener | None = None,
) -> Solution:
    """Write candidates, judge them as they come, and return them in order.

    Args:
        problem: what to solve.
        tests: what candidates are judged on; without any, nothing is ever called solved.
        requests: the candidates to write, drawn lazily.
        sampling: how they are drawn.
        generator: who writes them.
        extract: makes programs of completions.
        judge: judges on ``tests``.
        until: when to stop.
        budget_s: seconds after which the best so far is returned; ``None``: no end.
        listen: hears what happens.

    Returns:
        The solution so far if the budget ended or the user interrupted (Ctrl-C); a second
        interruption is raised.
    """
    run = _Run(until=until, judge=judge, listen=_one_at_a_time(listen))
    with _alarm(budget_s, run.end_by_budget):
        try:
            for candidate in run.candidates(generator, extract, requests, sampling):
                run.hand_in(candidate)
            run.wait()
        except KeyboardInterrupt:
            run.end(Ended.INTERRUPTED)
    return run.solution(problem, tuple(tests))


class _Run:
    """One call of ``solve``."""

    def __init__(self, *, until: Until, judge: Judging, listen: Listener) -> None:
        self._until = until
        self._judge = judge
        self._listen = listen
        self._desk = _Desk()
        self._stop = Event()
        self._ended: Ended | None = None
        self._failure: GptccError | None = None
        self._over = False

    def candidates(
        self,
        generator: Generator,
        extract: Extractor,
        requests: Iterable[Request],
        sampling: Sampling,
    ) -> Iterator[Candidate]:
        """Yield candidates until all are written or the run is stopped."""

        def watch(writing: Writing) -> None:
            self._listen(Glimpse(writing=writing))

        written = generator.generate(requests, sampling, cancel=self._stop, watch=watch)
        for completion in self._unless_it_fails(written):
            if self._stop.is_set():
                break
            self._listen(Wrote(completion=completion))
            yield extract(completion)

    def _unless_it_fails(self, written: Iterator[Completion]) -> Iterator[Completion]:
        """Yield what is written; a generator that fails ends it, and nothing is lost."""
        try:
            yield from written
        except GptccError as error:
            self._failure = error

    def hand_in(self, candidate: Candidate) -> None:
        """Send a new program to the judge."""
        if not self._desk.receive(candidate):
            return
        future = self._judge.submit(candidate)
        with self._desk.lock:
            self._desk.pending[candidate.id] = future
        future.add_done_callback(lambda done: self._note(candidate, done))

    def _note(self, candidate: Candidate, done: Future[Judgement]) -> None:
        if self._over or done.cancelled() or done.exception() is not None:
            return  # an exception is raised again where the run waits for it
        with self._desk.lock:
            self._desk.judgements[candidate.id] = done.result()
        self._listen(Judged(judgement=done.result()))
        if self._until is Until.FIRST and self._desk.some_passed():
            self._stop.set()

    def wait(self) -> None:
        """Wait until every judgement that can still matter is in."""
        for candidate in tuple(self._desk.arrived):
            if self._ended is not None or self._decided():
                return
            self._result(self._desk.pending[candidate.id])

    def _result(self, future: Future[Judgement]) -> None:
        while self._ended is None:
            try:
                future.result(timeout=0.05)
                return
            except CancelledError:
                return
            except TimeoutError:
                if future.done():
                    raise

    def _decided(self) -> bool:
        return self._until is Until.FIRST and self._desk.first_passed() is not None

    def end(self, why: Ended) -> None:
        """Stop writing and judging."""
        self._ended = why
        self._stop.set()
        with self._desk.lock:
            pending = tuple(self._desk.pending.values())
        for future in pending:
            future.cancel()

    def end_by_budget(self) -> None:
        """Stop because the time is over, unless the answer is already known."""
        if not (self._until is Until.FIRST and self._desk.some_passed()):
            self.end(Ended.BUDGET)

    def solution(self, problem: Problem, tests: tuple[IOTest, ...]) -> Solution:
        """Rank what is known; what is judged after this is not heard of."""
        self._over = True
        first = self._desk.first_passed() if self._until is Until.FIRST else None
        ranked = rank(self._desk.judged(first))
        found = Ended.FOUND if ranked and ranked[0].passed else Ended.EXHAUSTED
        if self._failure is not None and found is Ended.EXHAUSTED:
            found = Ended.FAILED
        return Solution(
            problem=problem,
            ranked=ranked,
            n_written=self._desk.n_written,
            ended=self._ended or found,
            verified_by=tests,
            failure=self._failure,
        )


def _one_at_a_time(listen: Listener | None) -> Listener:
    lock = Lock()

    def tell(event: SolveEvent) -> None:
        if listen is not None:
            with lock:
                listen(event)

    return tell


class _alarm:  # noqa: N801 - reads as a statement
    """Call a function after some seconds, unless the block ends before."""

    def __init__(self, seconds: float | None, ring: Callable[[], None]) -> None:
        self._timer = None if seconds is None else Timer(seconds, ring)

    def __enter__(self) -> None:
        if self._timer is not None:
            self._timer.daemon = True
            self._timer.start()

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()

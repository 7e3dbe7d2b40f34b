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
from threading import Event, Lock, Timer
from typing import Protocol

from gptcc_cli.errors import GptccError
from gptcc_cli.extraction import Candidate
from gptcc_cli.generation import Completion, Generator, Request, Sampling, Writing
from gptcc_cli.judging import Judgement
from gptcc_cli.problem import IOTest, Problem
from gptcc_cli.ranking import rank
from gptcc_cli.solving.desk import Desk
from gptcc_cli.solving.events import Glimpse, Judged, Listener, SolveEvent, Wrote
from gptcc_cli.solving.solution import Ended, Solution, Until


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
        self._desk = Desk()
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

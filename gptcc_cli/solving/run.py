"""The search for one problem: requests -> completions -> candidates -> Solution.

Receives its collaborators, emits events, prints nothing, loads nothing. Candidates are judged while
others are still being generated. Those that pass can be run on generated inputs, and a stop rule
(``candidate_store``) can end the search. If none passes, programs can be repaired (``repairing``).

The answer does not depend on the judge's speed: the rule is applied in order of arrival, up to the
first program without results. Only a time budget or an interruption can change the answer of a
repeated run.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from threading import Event, Lock, Timer
from typing import Protocol

from gptcc_cli.errors import GptccError
from gptcc_cli.extraction import Candidate
from gptcc_cli.generation import Completion, Generator, GeneratorStatus, Request, Sampling
from gptcc_cli.judging import Judgement, OutputSignature, Verdict
from gptcc_cli.problem import GivenTest, Problem, SampleTest
from gptcc_cli.ranking import RankedCandidate, evidence_bits, evidence_for, rank
from gptcc_cli.solving.candidate_store import (
    CandidateStore,
    StopRule,
    consensus,
    first_passing,
    never,
)
from gptcc_cli.solving.repairing import Repair, repair_requests
from gptcc_cli.solving.solution import (
    Ended,
    GenerationProgress,
    Judged,
    Listener,
    Solution,
    SolveEvent,
    Until,
    Wrote,
)

_POLL_S = 0.05
"""How often a waiting run checks whether it has ended."""


class Extractor(Protocol):
    """Extracts the program of a completion."""

    def __call__(self, completion: Completion) -> Candidate:
        """Return the candidate of this completion."""
        ...


class CandidateJudge(Protocol):
    """Judges candidates, several at once."""

    def submit(self, candidate: Candidate) -> Future[Judgement]:
        """Judge a candidate on the tests of this run."""
        ...


class CandidateRunner(Protocol):
    """Runs candidates on generated inputs, which have no expected outputs."""

    def submit(self, candidate: Candidate) -> Future[OutputSignature]:
        """Run a candidate on the generated inputs of this run."""
        ...


def solve(
    problem: Problem,
    tests: Sequence[SampleTest | GivenTest],
    requests: Iterable[Request],
    sampling: Sampling,
    *,
    generator: Generator,
    extract: Extractor,
    judge: CandidateJudge,
    probe_runner: CandidateRunner | None = None,
    repair: Repair | None = None,
    until: Until = Until.FIRST,
    budget_s: float | None = None,
    listen: Listener | None = None,
) -> Solution:
    """Generate candidates, judge them as they arrive, and return them best first.

    Args:
        problem: what to solve.
        tests: what candidates are judged on; without any, no solution counts as solved. A hidden
            test of a benchmark has neither type.
        requests: the candidates to generate, iterated lazily.
        sampling: temperatures, seed and limits.
        generator: generates completions.
        extract: extracts programs from completions.
        judge: judges on ``tests``.
        probe_runner: runs candidates that pass, or without tests those that parse, on generated
            inputs. Without it, or where several answers are right, there is no agreement, and
            ``Until.AGREED`` means ``Until.FIRST``.
        repair: rounds of repair if no candidate passes; ``None``: none.
        until: when to stop.
        budget_s: seconds after which the best so far is returned; ``None``: no limit.
        listen: called with every event.

    Returns:
        The solution so far if the budget ended or the user interrupted (Ctrl-C); a second
        interruption is raised.
    """
    if probe_runner is None or problem.answer.special_judge:
        until = Until.FIRST if until is Until.AGREED else until
    bits = evidence_bits(problem, tests)
    rules = {Until.FIRST: first_passing, Until.AGREED: consensus(bits), Until.ALL: never}
    run = _SolveRun(
        problem,
        bits=bits,
        rule=rules[until],
        judge=judge,
        probe_runner=None if until is Until.FIRST and tests else probe_runner,
        listen=_one_at_a_time(listen),
    )
    with _alarm(budget_s, run.end_by_budget):
        try:
            for round_ in run.rounds(requests, sampling, repair if tests else None):
                for candidate in run.candidates(generator, extract, round_, sampling):
                    run.submit(candidate)
                run.wait()
        except KeyboardInterrupt:
            run.end(Ended.INTERRUPTED)
    return run.solution(tuple(tests))


class _SolveRun:
    """One call of ``solve``."""

    def __init__(
        self,
        problem: Problem,
        *,
        bits: float,
        rule: StopRule,
        judge: CandidateJudge,
        probe_runner: CandidateRunner | None,
        listen: Listener,
    ) -> None:
        self._problem = problem
        self._bits = bits
        self._rule = rule
        self._judge = judge
        self._probe_runner = probe_runner
        self._listen = listen
        self._store = CandidateStore()
        self._stop = Event()
        self._ended: Ended | None = None
        self._failure: GptccError | None = None
        self._over = False
        self._next_index = 0
        """The index of the next candidate."""

    def rounds(
        self, requests: Iterable[Request], sampling: Sampling, repair: Repair | None
    ) -> Iterator[Iterable[Request]]:
        """Yield the first requests, then rounds of repair while no candidate passes."""
        yield requests
        if repair is None:
            return
        for number in range(1, repair.rounds + 1):
            if self._is_over:
                return
            yield repair_requests(
                repair,
                self._problem,
                self._ranked(),
                sampling,
                round=number,
                first_index=self._next_index,
            )

    def candidates(
        self,
        generator: Generator,
        extract: Extractor,
        requests: Iterable[Request],
        sampling: Sampling,
    ) -> Iterator[Candidate]:
        """Yield candidates until all are generated or the run is stopped."""

        def watch(status: GeneratorStatus) -> None:
            self._listen(GenerationProgress(status=status))

        written = generator.generate(requests, sampling, cancel=self._stop, watch=watch)
        for completion in self._until_failure(written):
            if self._stop.is_set():
                break
            self._next_index = max(self._next_index, completion.index + 1)
            self._listen(Wrote(completion=completion))
            yield extract(completion)

    def _until_failure(self, written: Iterator[Completion]) -> Iterator[Completion]:
        """Yield completions; record a failure of the generator and end there."""
        try:
            yield from written
        except GptccError as error:
            self._failure = error

    def submit(self, candidate: Candidate) -> None:
        """Judge a new program; another copy of a passing one may satisfy the stop rule."""
        if not self._store.receive(candidate):
            if self._store.passes(candidate):
                self._stop_if_decided()
            return
        known: Future[None] = Future()
        submission = self._judge.submit(candidate)
        with self._store.lock:
            self._store.known[candidate.canonical_hash] = known
            self._store.pending.append(submission)
        submission.add_done_callback(lambda done: self._note_judgement(candidate, done, known))

    def _note_judgement(
        self, candidate: Candidate, done: Future[Judgement], known: Future[None]
    ) -> None:
        if self._over or done.cancelled():
            known.cancel()
            return
        with _errors_to(known):
            judgement = done.result()
            self._store.note_judgement(candidate, judgement)
            self._listen(Judged(judgement=judgement))
            nothing_to_fail = judgement.n_tests == 0 and candidate.syntax_error is None
            wanted = judgement.verdict is Verdict.AC or nothing_to_fail
            if wanted and self._probe_runner is not None and self._ended is None:
                probing = self._probe_runner.submit(candidate)
                with self._store.lock:
                    self._store.pending.append(probing)
                probing.add_done_callback(lambda seen: self._note_signature(candidate, seen, known))
            else:
                known.set_result(None)
        if self._store.passes(candidate):
            self._stop_if_decided()

    def _note_signature(
        self, candidate: Candidate, done: Future[OutputSignature], known: Future[None]
    ) -> None:
        if self._over or done.cancelled():
            known.cancel()
            return
        with _errors_to(known):
            self._store.note_signature(candidate, done.result())
            known.set_result(None)
        self._stop_if_decided()

    def _stop_if_decided(self) -> None:
        """Stop generating once the stop rule is satisfied, whatever is still being judged."""
        if self._store.decided(self._rule, in_order=False) is not None:
            self._stop.set()

    def wait(self) -> None:
        """Wait for all results that can still matter."""
        for known in tuple(self._store.known.values()):
            while self._ended is None and self._place() is None:
                if wait([known], timeout=_POLL_S).done:
                    if not known.cancelled():
                        known.result()  # raises an error of a callback
                    break

    def end(self, why: Ended) -> None:
        """Stop generating and judging."""
        self._ended = why
        self._stop.set()
        with self._store.lock:
            pending = tuple(self._store.pending)
        for future in pending:
            future.cancel()

    def end_by_budget(self) -> None:
        """Stop because the time is up, unless the answer is already known."""
        if self._store.decided(self._rule, in_order=False) is None:
            self.end(Ended.BUDGET)

    def solution(self, tests: tuple[SampleTest | GivenTest, ...]) -> Solution:
        """Rank the results so far; later ones are ignored."""
        self._over = True
        ranked = self._ranked()
        found = Ended.FOUND if ranked and ranked[0].passed else Ended.EXHAUSTED
        if self._failure is not None and found is Ended.EXHAUSTED:
            found = Ended.FAILED
        place = self._place()
        return Solution(
            problem=self._problem,
            ranked=ranked,
            n_written=self._store.n_written,
            evidence=evidence_for(
                ranked,
                bits=self._bits,
                n_written=self._store.n_written if place is None else place + 1,
                several_answers=self._problem.answer.special_judge,
            ),
            ended=self._ended or found,
            verified_by=tests,
            failure=self._failure,
        )

    def _place(self) -> int | None:
        """Return the arrival at which the answer is known."""
        if not self._stop.is_set():
            return None
        return self._store.decided(self._rule, in_order=True)

    @property
    def _is_over(self) -> bool:
        """Whether no further round is needed."""
        return self._stop.is_set() or self._failure is not None or self._store.some_passed()

    def _ranked(self) -> tuple[RankedCandidate, ...]:
        """Return the candidates judged so far, best first."""
        return rank(
            self._store.judged(self._place()),
            self._store.signatures,
            several_answers=self._problem.answer.special_judge,
        )


@contextmanager
def _errors_to(future: Future[None]) -> Iterator[None]:
    """Put an error into a future; in a callback it would be lost."""
    try:
        yield
    except BaseException as error:  # noqa: BLE001 - raised where the run waits
        future.set_exception(error)


def _one_at_a_time(listen: Listener | None) -> Listener:
    lock = Lock()

    def tell(event: SolveEvent) -> None:
        if listen is not None:
            with lock:
                listen(event)

    return tell


@contextmanager
def _alarm(seconds: float | None, ring: Callable[[], None]) -> Iterator[None]:
    """Call a function after some seconds, unless the block ends before."""
    if seconds is None:
        yield
        return
    timer = Timer(seconds, ring)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()

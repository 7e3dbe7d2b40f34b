"""The whole corridor for one problem: requests -> completions -> candidates -> Solution.

Receives ready collaborators, emits events, prints nothing, loads nothing. Candidates are judged
while others are still being written; those that pass can be run on further inputs, and the rule
for when the answer is known (``deciding``) can end the rest. Where none passes, programs can get
a second try (``repairing``).

Which program is chosen does not depend on how fast the judge is: the rule is applied to what has
arrived, in its order, up to the first program of which too little is known. Only a budget or an
interruption, which look at a clock, can change the answer of a repeated run.
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
from gptcc_cli.solving.candidate_store import CandidateStore
from gptcc_cli.solving.deciding import Decide, agreed, first, never
from gptcc_cli.solving.events import GenerationProgress, Judged, Listener, SolveEvent, Wrote
from gptcc_cli.solving.repairing import Repair, repair_requests
from gptcc_cli.solving.solution import Ended, Solution, Until

_LOOK_S = 0.05
"""How often a run that waits looks whether it is over."""


class Extractor(Protocol):
    """Makes a program of a completion."""

    def __call__(self, completion: Completion) -> Candidate:
        """Return the candidate this completion holds."""
        ...


class CandidateJudge(Protocol):
    """Gives candidates their judgements, several at once."""

    def submit(self, candidate: Candidate) -> Future[Judgement]:
        """Judge a candidate on the tests of this run."""
        ...


class CandidateRunner(Protocol):
    """Runs candidates on further inputs, of which nobody knows the right outputs."""

    def submit(self, candidate: Candidate) -> Future[OutputSignature]:
        """Run a candidate on the further inputs of this run."""
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
    """Write candidates, judge them as they come, and return them in order.

    Args:
        problem: what to solve.
        tests: what candidates are judged on; without any, nothing is ever called solved. A hidden
            test of a benchmark is of neither type.
        requests: the candidates to write, drawn lazily.
        sampling: how they are drawn.
        generator: who writes them.
        extract: makes programs of completions.
        judge: judges on ``tests``.
        probe_runner: runs those that pass, or without tests those that parse, on further inputs;
            ``None``: they are told apart by the tests alone. Without it, or where several answers
            to one input are right, nobody can agree, and ``Until.AGREED`` is ``Until.FIRST``.
        repair: second tries where no candidate passes; ``None``: there are none.
        until: when to stop.
        budget_s: seconds after which the best so far is returned; ``None``: no end.
        listen: hears what happens.

    Returns:
        The solution so far if the budget ended or the user interrupted (Ctrl-C); a second
        interruption is raised.
    """
    if probe_runner is None or problem.answer.special_judge:
        until = Until.FIRST if until is Until.AGREED else until
    bits = evidence_bits(problem, tests)
    rules = {Until.FIRST: first, Until.AGREED: agreed(bits), Until.ALL: never}
    run = _SolveRun(
        problem,
        bits=bits,
        decide=rules[until],
        judge=judge,
        probe_runner=None if until is Until.FIRST and tests else probe_runner,
        listen=_one_at_a_time(listen),
    )
    with _alarm(budget_s, run.end_by_budget):
        try:
            for round_ in run.rounds(requests, sampling, repair if tests else None):
                for candidate in run.candidates(generator, extract, round_, sampling):
                    run.hand_in(candidate)
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
        decide: Decide,
        judge: CandidateJudge,
        probe_runner: CandidateRunner | None,
        listen: Listener,
    ) -> None:
        self._problem = problem
        self._bits = bits
        self._decide = decide
        self._judge = judge
        self._probe_runner = probe_runner
        self._listen = listen
        self._store = CandidateStore()
        self._stop = Event()
        self._ended: Ended | None = None
        self._failure: GptccError | None = None
        self._over = False
        self._next_index = 0
        """The number of the candidate after the last that arrived."""

    def rounds(
        self, requests: Iterable[Request], sampling: Sampling, repair: Repair | None
    ) -> Iterator[Iterable[Request]]:
        """Yield what is asked for at first, and second tries for as long as they are wanted."""
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
        """Yield candidates until all are written or the run is stopped."""

        def watch(status: GeneratorStatus) -> None:
            self._listen(GenerationProgress(status=status))

        written = generator.generate(requests, sampling, cancel=self._stop, watch=watch)
        for completion in self._unless_it_fails(written):
            if self._stop.is_set():
                break
            self._next_index = max(self._next_index, completion.index + 1)
            self._listen(Wrote(completion=completion))
            yield extract(completion)

    def _unless_it_fails(self, written: Iterator[Completion]) -> Iterator[Completion]:
        """Yield what is written; a generator that fails ends it, and nothing is lost."""
        try:
            yield from written
        except GptccError as error:
            self._failure = error

    def hand_in(self, candidate: Candidate) -> None:
        """Send a new program to the judge; another copy may be what settles the answer."""
        if not self._store.receive(candidate):
            if self._store.passes(candidate):
                self._stop_if_settled()
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
                observation = self._probe_runner.submit(candidate)
                with self._store.lock:
                    self._store.pending.append(observation)
                observation.add_done_callback(
                    lambda seen: self._note_signature(candidate, seen, known)
                )
            else:
                known.set_result(None)
        if self._store.passes(candidate):
            self._stop_if_settled()

    def _note_signature(
        self, candidate: Candidate, done: Future[OutputSignature], known: Future[None]
    ) -> None:
        if self._over or done.cancelled():
            known.cancel()
            return
        with _errors_to(known):
            self._store.note_signature(candidate, done.result())
            known.set_result(None)
        self._stop_if_settled()

    def _stop_if_settled(self) -> None:
        """Write no more once the answer is among what is known, whatever is still judged."""
        if self._store.decided(self._decide, in_turn=False) is not None:
            self._stop.set()

    def wait(self) -> None:
        """Wait until everything that can still matter is known."""
        for known in tuple(self._store.known.values()):
            while self._ended is None and self._place() is None:
                if wait([known], timeout=_LOOK_S).done:
                    if not known.cancelled():
                        known.result()  # raises what went wrong in a callback
                    break

    def end(self, why: Ended) -> None:
        """Stop writing and judging."""
        self._ended = why
        self._stop.set()
        with self._store.lock:
            pending = tuple(self._store.pending)
        for future in pending:
            future.cancel()

    def end_by_budget(self) -> None:
        """Stop because the time is over, unless the answer is already known."""
        if self._store.decided(self._decide, in_turn=False) is None:
            self.end(Ended.BUDGET)

    def solution(self, tests: tuple[SampleTest | GivenTest, ...]) -> Solution:
        """Rank what is known; what is judged after this is not heard of."""
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
        """Where the answer is known, in the order of arrival."""
        if not self._stop.is_set():
            return None
        return self._store.decided(self._decide, in_turn=True)

    @property
    def _is_over(self) -> bool:
        """Whether a further round could change nothing, or nobody wants it."""
        return self._stop.is_set() or self._failure is not None or self._store.some_passed()

    def _ranked(self) -> tuple[RankedCandidate, ...]:
        """Everything known so far, best first."""
        return rank(
            self._store.judged(self._place()),
            self._store.signatures,
            several_answers=self._problem.answer.special_judge,
        )


@contextmanager
def _errors_to(future: Future[None]) -> Iterator[None]:
    """Hand an error on to whoever waits for a future: in a callback nobody would hear of it."""
    try:
        yield
    except BaseException as error:  # noqa: BLE001 - raised again where the run waits
        future.set_exception(error)


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

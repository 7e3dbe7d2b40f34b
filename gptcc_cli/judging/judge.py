"""Run a candidate's tests and say what became of them, in turn or many at once.

Takes a sandbox that is open; opens and closes none. ``Judge.judge`` judges now,
``Judge.submit`` while the caller goes on. The order of results is the caller's.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from gptcc_cli.checkers import CheckerOptions
from gptcc_cli.errors import GptccError
from gptcc_cli.extraction import Candidate, GeneratedTest, granted_imports
from gptcc_cli.judging import signatures as seen
from gptcc_cli.judging.jobs import (
    AskedLimits,
    arguments_of,
    assertions_job,
    calls_job,
    entry_point_of,
    has_int_keys,
    job_for,
)
from gptcc_cli.judging.nodes import ENTRY_POINT, node_call
from gptcc_cli.judging.signatures import Outcome, OutputSignature
from gptcc_cli.judging.static_checks import MOST_ANSWER_BYTES, StaticCheck, read_static_check
from gptcc_cli.judging.verdicts import (
    CaseResult,
    Judgement,
    JudgingRules,
    Verdict,
    assertions_verdict_of,
    is_advisory,
    judging_rules,
    raised,
    verdict_of,
)
from gptcc_cli.problem import IOTest, Json, Mode, Problem
from gptcc_cli.sandbox import Exceeded, Execution, Limits, Sandbox, Stage

if TYPE_CHECKING:
    # Whoever only judges waits for no import of what makes inputs.
    from gptcc_cli.input_generation import Probe

_PLACE = re.compile(rb'(File "main\.py", line )(\d{1,9})')

_PATIENCE = 2
"""Probes in a row, from the first, that may run out of time before the rest are left out."""

KEPT_BYTES = 64 << 10
"""Bytes of output, and characters of an answer, that a judgement keeps for people to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Submission:
    """One candidate before its tests."""

    candidate: Candidate
    source: str
    """The program as it runs."""
    granted: tuple[str, ...]
    """The import statements that its first line has, if that line is ours."""
    has_first_line: bool
    """Whether its first line is ours."""
    problem: Problem
    tests: tuple[IOTest, ...]
    rules: JudgingRules
    stop_at_first_failure: bool
    cancel: threading.Event | None


class Judge:
    """Judges candidates in a sandbox. Safe to use from several threads."""

    def __init__(
        self,
        sandbox: Sandbox,
        *,
        limits: AskedLimits | None = None,
        options: CheckerOptions | None = None,
    ) -> None:
        """Keep the collaborators.

        Args:
            sandbox: where programs run; the caller closes it, after the judge.
            limits: what the user allows a test; the statement decides where they say nothing.
            options: how the user wants outputs compared.
        """
        self._sandbox = sandbox
        self._limits = limits
        self._options = options
        self._pool = ThreadPoolExecutor(max_workers=self.workers, thread_name_prefix="judge")
        self._closing = threading.Event()

    @property
    def workers(self) -> int:
        """How many candidates are judged at once."""
        return max(1, self._sandbox.workers)

    def rules(self, problem: Problem, tests: tuple[IOTest, ...]) -> JudgingRules:
        """The rules this judge applies to a problem and the tests it is judged by."""
        return judging_rules(problem, tests, asked=self._limits, options=self._options)

    def judge(
        self,
        candidate: Candidate,
        problem: Problem,
        tests: tuple[IOTest, ...],
        *,
        stop_at_first_failure: bool = False,
    ) -> Judgement:
        """Judge one candidate now; without stopping early, tests run on all workers at once.

        Raises:
            GptccError: the sandbox refuses, or the tests can't be run.
        """
        submission = self._submission(candidate, problem, tests, stop_at_first_failure, None)
        if stop_at_first_failure or len(tests) < 2 or self._sandbox.workers < 2:
            return self._judge_in_turn(submission)
        first = self._case(submission, tests[0])
        if _settles_all(first):
            return self._judge_in_turn(submission, first)
        later = [self._pool.submit(self._case, submission, test) for test in tests[1:]]
        try:
            cases = (first, *(future.result() for future in later))
        finally:
            for future in later:
                future.cancel()
        return _judgement(submission, cases)

    def submit(
        self,
        candidate: Candidate,
        problem: Problem,
        tests: tuple[IOTest, ...],
        *,
        stop_at_first_failure: bool = True,
        cancel: threading.Event | None = None,
    ) -> "Future[Judgement]":
        """Judge one candidate while the caller goes on.

        Args:
            candidate: the program.
            problem: its problem.
            tests: in the order they are to run.
            stop_at_first_failure: leave the tests after the first failure out.
            cancel: when set, judging ends before its next test, and the future's result
                raises ``CancelledError``; so it does after ``close``.
        """
        submission = self._submission(candidate, problem, tests, stop_at_first_failure, cancel)
        return self._pool.submit(self._judge_in_turn, submission)

    def judge_assertions(
        self, candidate: Candidate, problem: Problem, check_source: str, *, name: str = "check"
    ) -> Judgement:
        """Judge one candidate by a program that defines ``check(candidate)``.

        The judgement has one case, whose test is called ``name``.
        """
        test = IOTest(name=name, input="", expected=None)
        rules = self.rules(problem, ())
        case = _unrunnable(candidate, test)
        if case is None:
            case = self._assertions_case(candidate, problem, check_source, test, rules)
        return Judgement(candidate=candidate, cases=(case,), n_tests=1)

    def run_probes(
        self,
        candidate: Candidate,
        problem: Problem,
        probes: "Sequence[Probe]",
        generated_tests: Sequence[GeneratedTest] = (),
        *,
        cancel: threading.Event | None = None,
    ) -> "Future[OutputSignature]":
        """Run one candidate on inputs without answers while the caller goes on.

        A program that is too slow on the first probes counts as too slow on all.

        Args:
            candidate: the program.
            problem: its problem.
            probes: the inputs, small ones: the limits are tight.
            generated_tests: their inputs come after the probes, and nothing else of them.
            cancel: as for ``submit``.
        """
        submission = self._submission(candidate, problem, (), False, cancel)
        submission = replace(submission, rules=seen.probe_rules(submission.rules))
        return self._pool.submit(
            self._run_probes, submission, tuple(probes), tuple(generated_tests)
        )

    def _run_probes(
        self,
        submission: _Submission,
        probes: "tuple[Probe, ...]",
        generated_tests: tuple[GeneratedTest, ...],
    ) -> OutputSignature:
        outcomes: list[Outcome] = []
        inputs = [
            *(probe.input for probe in probes),
            *(generated_test.input for generated_test in generated_tests),
        ]
        for given in inputs:
            if outcomes == [Verdict.TLE] * _PATIENCE or outcomes[:1] == [Verdict.CE]:
                outcomes.extend(outcomes[:1] * (len(inputs) - len(outcomes)))
                break
            outcomes.append(self._outcome(submission, given))
        return seen.signature_of(outcomes, generated_tests, submission.rules)

    def _outcome(self, submission: _Submission, given: str | tuple[Json, ...]) -> Outcome:
        """Run one input without an answer; whatever breaks on our side is IE."""
        if self._closing.is_set() or (submission.cancel is not None and submission.cancel.is_set()):
            raise CancelledError
        if submission.candidate.syntax_error is not None:
            return Verdict.CE
        try:
            return seen.outcome_of(self._run(submission, given), submission.rules)
        except GptccError:
            raise
        except Exception:  # noqa: BLE001 (one candidate's observing must not end the run)
            return Verdict.IE

    def close(self) -> None:
        """Drop what waits, wait for what runs. A second call does nothing."""
        self._closing.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def _submission(
        self,
        candidate: Candidate,
        problem: Problem,
        tests: tuple[IOTest, ...],
        stop_at_first_failure: bool,
        cancel: threading.Event | None,
    ) -> _Submission:
        granted = granted_imports(candidate.source, problem.starter_code)
        nodes = node_call(problem)
        first = "; ".join([*granted, *([nodes.first_line] if nodes else [])])
        return _Submission(
            candidate=candidate,
            source=(f"{first}\n" if first else "")
            + candidate.source
            + (nodes.last_lines if nodes else ""),
            granted=granted,
            has_first_line=bool(first),
            problem=problem if nodes is None else replace(problem, entry_point=ENTRY_POINT),
            tests=tests,
            rules=self.rules(problem, tests),
            stop_at_first_failure=stop_at_first_failure,
            cancel=cancel,
        )

    def _judge_in_turn(self, submission: _Submission, first: CaseResult | None = None) -> Judgement:
        """Run the tests one after the other."""
        cases: list[CaseResult] = []
        for case in self._cases(submission, first):
            cases.append(case)
            failed = case.verdict is not Verdict.AC and not case.advisory
            if failed and submission.stop_at_first_failure:
                break
        return _judgement(submission, tuple(cases))

    def _cases(self, submission: _Submission, first: CaseResult | None) -> Iterator[CaseResult]:
        previous = first
        for index, test in enumerate(submission.tests):
            if index == 0 and first is not None:
                yield first
            elif previous is not None and _settles_all(previous):
                yield _same_again(previous, test)
            else:
                previous = self._case(submission, test)
                yield previous

    def _case(self, submission: _Submission, test: IOTest) -> CaseResult:
        """Run one test; whatever breaks on our side is IE, never the candidate's fault."""
        if self._closing.is_set() or (submission.cancel is not None and submission.cancel.is_set()):
            raise CancelledError
        case = _unrunnable(submission.candidate, test)
        if case is not None:
            return case
        try:
            execution = self._run(submission, test.input)
            decision = verdict_of(execution, test, submission.rules)
        except GptccError:
            raise
        except Exception as error:  # noqa: BLE001 (one candidate's judging must not end the run)
            return _internal_error(test, error)
        return CaseResult(
            test=test,
            verdict=decision.verdict,
            detail=decision.detail,
            execution=_kept(execution),
            layout_differs=decision.layout_differs,
            undecided=decision.undecided,
            advisory=is_advisory(test, decision.verdict),
        )

    def _run(self, submission: _Submission, test_input: str | tuple[Json, ...]) -> Execution:
        """Run the program; a call that trips over text keys is offered integer keys."""
        source, problem, limits = submission.source, submission.problem, submission.rules.limits
        execution = self._sandbox.run(job_for(source, problem, test_input, limits))
        tripped = problem.mode is Mode.CALL and raised(execution, "KeyError", "TypeError")
        if tripped and has_int_keys(arguments_of(test_input, problem)):
            again = self._sandbox.run(job_for(source, problem, test_input, limits, int_keys=True))
            execution = again if again.fault is None and again.exit_code == 0 else execution
        return _with_own_lines(execution) if submission.has_first_line else execution

    def _assertions_case(
        self,
        candidate: Candidate,
        problem: Problem,
        check_source: str,
        test: IOTest,
        rules: JudgingRules,
    ) -> CaseResult:
        try:
            execution = self._checked(candidate.source, problem, check_source, rules.limits)
            decision = assertions_verdict_of(execution, rules)
        except GptccError:
            raise
        except Exception as error:  # noqa: BLE001 (one candidate's judging must not end the run)
            return _internal_error(test, error)
        return CaseResult(
            test=test, verdict=decision.verdict, detail=decision.detail, execution=execution
        )

    def _checked(
        self, source: str, problem: Problem, check_source: str, limits: Limits
    ) -> Execution:
        """Run a check: where it only compares answers, out here, and else inside."""
        check = read_static_check(check_source, entry_point_of(problem))
        if check is None:
            return self._sandbox.run(assertions_job(source, problem, check_source, limits))
        execution = self._sandbox.run(
            calls_job(source, problem, check.calls, limits),
            is_settled=lambda answers: _is_settled(check, answers),
        )
        if _are_long(execution.answers):
            return self._sandbox.run(assertions_job(source, problem, check_source, limits))
        return _with_assertion(execution, check)


def _judgement(submission: _Submission, cases: tuple[CaseResult, ...]) -> Judgement:
    return Judgement(
        candidate=submission.candidate,
        cases=cases,
        n_tests=len(submission.tests),
        granted=submission.granted,
    )


def _is_settled(check: StaticCheck, answers: tuple[bytes, ...]) -> bool:
    return _are_long(answers) or check.failure(answers) is not None


def _are_long(answers: tuple[bytes, ...]) -> bool:
    return sum(map(len, answers)) > MOST_ANSWER_BYTES


def _with_assertion(execution: Execution, check: StaticCheck) -> Execution:
    """Add what the check says; where it fails, what the program did later does not count."""
    failure = check.failure(execution.answers)
    if failure is not None:
        exceeded = execution.exceeded if execution.exceeded is Exceeded.OUTPUT else None
        return replace(execution, assertion=failure, exceeded=exceeded, exit_code=0, signal=None)
    if not check.is_complete(execution.answers) and execution.stage is Stage.RUN:
        return replace(execution, assertion="the program ended before the check was done")
    return execution


def _with_own_lines(execution: Execution) -> Execution:
    """Number the lines in tracebacks as in the program without our first line."""
    stderr = _PLACE.sub(lambda place: b"%s%d" % (place[1], int(place[2]) - 1), execution.stderr)
    return replace(execution, stderr=stderr)


def _kept(execution: Execution) -> Execution:
    """What is remembered of an execution: a run of thousands must not hold all their output."""
    answer = execution.answer_json
    if len(execution.stdout) <= KEPT_BYTES and len(answer or "") <= KEPT_BYTES:
        return execution
    execution = replace(execution, stdout=execution.stdout[:KEPT_BYTES])
    if len(answer or "") > KEPT_BYTES:
        gone = f"an answer of {len(answer or '')} characters, not kept"
        execution = replace(execution, answer_json=None, answer_problem=gone)
    return execution


def _unrunnable(candidate: Candidate, test: IOTest) -> CaseResult | None:
    """A compile error that is known without running anything."""
    if candidate.syntax_error is None:
        return None
    return CaseResult(test=test, verdict=Verdict.CE, detail=candidate.syntax_error, execution=None)


def _internal_error(test: IOTest, error: Exception) -> CaseResult:
    detail = f"{type(error).__name__}: {error}"
    return CaseResult(test=test, verdict=Verdict.IE, detail=detail, execution=None)


def _settles_all(case: CaseResult) -> bool:
    """Whether no other test can end differently: the program does not compile."""
    if case.verdict is not Verdict.CE:
        return False
    return case.execution is None or case.execution.stage is Stage.COMPILE


def _same_again(case: CaseResult, test: IOTest) -> CaseResult:
    return CaseResult(test=test, verdict=case.verdict, detail=case.detail, execution=case.execution)

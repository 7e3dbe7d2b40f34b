"""Facts + test + rules -> verdict: a pure function, to be applied again whenever rules change.

Covers the order in which facts decide and the words that explain a verdict. Runs nothing.
"""

import json
import re
import signal
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, NamedTuple

from gptcc_cli.checkers import (
    CheckerOptions,
    CheckerRules,
    Comparison,
    compare_answer,
    compare_output,
    rules_for,
)
from gptcc_cli.extraction import Candidate
from gptcc_cli.judging.jobs import AskedLimits, limits_for, peak_limit_for
from gptcc_cli.problem import IOTest, Json, Mode, Problem, SampleTest
from gptcc_cli.sandbox import Exceeded, Execution, Limits, Stage


class Verdict(Enum):
    """The field's verdicts."""

    AC = "AC"
    """Accepted."""
    WA = "WA"
    """Wrong answer."""
    PE = "PE"
    """Right tokens in a wrong layout, where the layout was asked to be strict."""
    TLE = "TLE"
    """Time limit exceeded."""
    MLE = "MLE"
    """Memory limit exceeded."""
    OLE = "OLE"
    """Output limit exceeded."""
    RE = "RE"
    """Runtime error: non-zero exit or a signal."""
    CE = "CE"
    """Compile error: not a program, or the function is missing."""
    IE = "IE"
    """Internal error: the judge failed, and nothing was learnt about the program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """One test of one candidate."""

    test: IOTest
    verdict: Verdict
    detail: str
    """One line for people: the first difference, the exception, the limit."""
    execution: Execution | None
    """The facts, long outputs shortened; ``None`` if it never ran (``CE`` found without running,
    ``IE``)."""
    layout_differs: bool = False
    """The words are right, though blanks or line breaks differ from the expected ones."""
    undecided: bool = False
    """Whether a wrong answer may still be right: several answers are, by the statement's words,
    or comparing it takes too long. It counts as wrong, and is shown as ``WA?``."""
    advisory: bool = False
    """Whether this result is not held against the candidate: the sample is suspect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """All tests of one candidate."""

    candidate: Candidate
    cases: tuple[CaseResult, ...]
    """In test order; shorter than the tests when judging stopped at the first failure."""
    n_tests: int
    """How many tests there were."""
    granted: tuple[str, ...] = ()
    """Import statements that the program was given because its problem\'s site provides them."""

    @property
    def verdict(self) -> Verdict | None:
        """The first verdict in test order that is not AC; AC when every test was accepted.

        A result that is only advisory counts neither way. ``None``: nothing was verified, because
        there are no tests, none that may be trusted, or judging was left unfinished.
        """
        counted = [case.verdict for case in self.cases if not case.advisory]
        for verdict in counted:
            if verdict is not Verdict.AC:
                return verdict
        return Verdict.AC if counted and len(self.cases) == self.n_tests else None

    @property
    def n_passed(self) -> int:
        """How many tests were accepted."""
        return sum(case.verdict is Verdict.AC for case in self.cases)


class Decision(NamedTuple):
    """How one run was judged."""

    verdict: Verdict
    detail: str = ""
    """One line for people."""
    layout_differs: bool = False
    undecided: bool = False
    """Whether the answer, though it counts as wrong, may still be right."""


_IN_PLACE = re.compile(r"\bin[- ]place\b", re.IGNORECASE)
_RETURNS_NONE = re.compile(r"\s*->\s*None\s*:")
_TRACE_LINE = re.compile(r'^ *File "[^"\n]*", line (\d+)', re.MULTILINE)
_MOST_WORDS: Final = 160
_TICK_S: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingRules:
    """Everything beside facts and test that a verdict depends on."""

    mode: Mode = Mode.STDIN
    answer: CheckerRules = field(default_factory=CheckerRules)
    """How outputs and values are compared."""
    in_place: bool = False
    """Whether the problem is solved by changing the first argument."""
    special_judge: bool = False
    """Whether other answers than the expected one may be right: a wrong answer is doubtful."""
    limits: Limits = field(default_factory=Limits)
    """What a run may use; tighter ones than it ran under are applied to its facts."""
    peak_memory_bytes: int | None = None
    """Resident bytes a run may reach; ``None``: only the sandbox's own limit counts."""


def judging_rules(
    problem: Problem,
    tests: tuple[IOTest, ...] = (),
    *,
    asked: AskedLimits | None = None,
    options: CheckerOptions | None = None,
) -> JudgingRules:
    """Derive the rules of a problem from its statement, its tests and the user's options."""
    return JudgingRules(
        mode=problem.mode,
        answer=rules_for(problem, tests, options),
        in_place=problem.mode is Mode.CALL and _is_in_place(problem),
        special_judge=problem.answer.special_judge,
        limits=limits_for(problem, asked),
        peak_memory_bytes=peak_limit_for(problem, asked),
    )


def verdict_of(execution: Execution, test: IOTest, rules: JudgingRules) -> Decision:
    """Judge one run of one test.

    The sandbox's own failure comes first, then what kept the program from running, then limits,
    then how it ended, and only then what it answered.
    """
    failure = failure_of(execution, rules)
    if failure is not None:
        return Decision(*failure)
    if rules.mode is Mode.CALL:
        comparison = _compare_call(execution, test, rules)
        if comparison is None:
            return Decision(Verdict.RE, "the program ended before the function returned")
    else:
        given = test.input if isinstance(test.input, str) else "\n".join(map(str, test.input))
        comparison = compare_output(test.expected, execution.stdout, rules.answer, given)
    return _decision(comparison, rules)


_OUT_OF_TIME = (Exceeded.WALL, Exceeded.CPU)
"""A program stopped while it was compiled was too slow; that it is no program is not known."""


def assertions_verdict_of(execution: Execution, rules: JudgingRules) -> Decision:
    """Judge one run against a check program."""
    failure = failure_of(execution, rules)
    if failure is not None:
        return Decision(*failure)
    if execution.assertion is not None:
        return Decision(Verdict.WA, _shorten(execution.assertion))
    return Decision(Verdict.AC)


def failure_of(execution: Execution, rules: JudgingRules) -> tuple[Verdict, str] | None:
    """Why a run did not come to an answer; ``None`` if it did."""
    if execution.fault is not None:
        return Verdict.IE, _shorten(execution.fault)
    if execution.stage is Stage.COMPILE and execution.exceeded not in _OUT_OF_TIME:
        return Verdict.CE, _last_words(execution) or "it does not compile"
    if execution.stage is Stage.ENTRY:
        return Verdict.CE, f"missing_function: {_last_words(execution) or 'it is not defined'}"
    limit = _limit_passed(execution, rules)
    if limit is not None:
        return limit
    if execution.signal is not None:
        return Verdict.RE, f"ended by signal {_signal_name(execution.signal)}"
    if execution.exit_code != 0:
        words = _last_words(execution)
        return _error_verdict(words), words or f"exit code {execution.exit_code}"
    return None


def raised(execution: Execution, *names: str) -> bool:
    """Whether the program ended by an uncaught exception of one of these names."""
    if execution.stage is not Stage.RUN or not execution.exit_code:
        return False
    return _stderr_line(execution).split(":")[0] in names


def _decision(comparison: Comparison, rules: JudgingRules) -> Decision:
    if comparison.matches:
        return Decision(Verdict.AC, layout_differs=comparison.layout_differs)
    if comparison.layout_differs:
        return Decision(Verdict.PE, comparison.detail, layout_differs=True)
    if rules.special_judge:
        detail = f"WA? (other answers may be right): {comparison.detail}"
        return Decision(Verdict.WA, detail, undecided=True)
    if comparison.undecided:
        return Decision(Verdict.WA, f"WA? (undecided): {comparison.detail}", undecided=True)
    return Decision(Verdict.WA, comparison.detail)


def _compare_call(execution: Execution, test: IOTest, rules: JudgingRules) -> Comparison | None:
    """Compare what a call returned, or left in its first argument; ``None``: it did not return."""
    expected = _expected_value(test)
    if execution.answer_json is None:
        if execution.answer_problem is None:
            return None
        return Comparison(matches=False, detail=f"got {_shorten(execution.answer_problem)}")
    returned = compare_answer(expected, execution.answer_json, rules.answer)
    after = execution.arguments_after_json
    changed_in_place = rules.in_place and execution.answer_json.strip() == "null" and after
    if returned.matches or not changed_in_place or after is None:
        return returned
    return compare_answer(expected, after, rules.answer)


def _expected_value(test: IOTest) -> Json:
    """The value to return; where the arguments came as JSON text, so did the value."""
    if not (isinstance(test.input, str) and isinstance(test.expected, str)):
        return test.expected
    try:
        value: Json = json.loads(test.expected)
    except (ValueError, RecursionError):
        return test.expected
    return value


def _limit_passed(execution: Execution, rules: JudgingRules) -> tuple[Verdict, str] | None:
    limits = rules.limits
    cpu_s = limits.wall_s + 1 if limits.cpu_s is None else limits.cpu_s
    if execution.exceeded is Exceeded.WALL or execution.wall_s > limits.wall_s:
        return Verdict.TLE, f"over {limits.wall_s:g} s"
    killed = execution.signal in (signal.SIGXCPU, signal.SIGKILL)
    # The kernel kills at the limit, by its own clock, which may run a tick ahead of the facts.
    if execution.exceeded is Exceeded.CPU or execution.cpu_s > cpu_s - (_TICK_S if killed else 0):
        return Verdict.TLE, f"over {cpu_s:g} s of processor time"
    if execution.exceeded is Exceeded.MEMORY:
        return Verdict.MLE, f"over {limits.memory_bytes / (1 << 20):.0f} MiB"
    peak = execution.peak_memory_bytes
    if rules.peak_memory_bytes is not None and peak is not None and peak > rules.peak_memory_bytes:
        used, allowed = peak / (1 << 20), rules.peak_memory_bytes / (1 << 20)
        return Verdict.MLE, f"used {used:.0f} MiB of {allowed:.0f} MiB"
    if execution.exceeded is Exceeded.OUTPUT or len(execution.stdout) > limits.output_bytes:
        return Verdict.OLE, f"more than {limits.output_bytes / (1 << 20):g} MiB of output"
    return None


def _error_verdict(words: str) -> Verdict:
    """An uncaught MemoryError is the memory limit showing itself."""
    return Verdict.MLE if re.search(r"(^|: )MemoryError$", words) else Verdict.RE


def _last_words(execution: Execution) -> str:
    """The last line a program left on standard error, with the line of code it is about."""
    line = _stderr_line(execution)
    if not line:
        return ""
    places = _TRACE_LINE.findall(execution.stderr.decode("utf-8", errors="replace"))
    return _shorten(f"line {places[-1]}: {line}" if places else line)


def _stderr_line(execution: Execution) -> str:
    lines = execution.stderr.decode("utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def _shorten(text: str) -> str:
    """One line, without control characters, of bounded length."""
    line = " ".join(text.split())
    line = "".join(char if char.isprintable() else "�" for char in line[: 2 * _MOST_WORDS])
    return line if len(line) <= _MOST_WORDS else line[: _MOST_WORDS - 1] + "…"


def _is_in_place(problem: Problem) -> bool:
    """Whether the starter code's function returns nothing, or the statement says in-place."""
    name, code = problem.entry_point, problem.starter_code
    head = re.search(rf"\bdef\s+{re.escape(name)}\s*\(", code) if name else None
    if head is not None:
        depth, end = 1, head.end()
        while end < len(code) and depth:
            depth += (code[end] in "([{") - (code[end] in ")]}")
            end += 1
        if _RETURNS_NONE.match(code, end):
            return True
    return _IN_PLACE.search(problem.statement) is not None


def is_advisory(test: IOTest, verdict: Verdict) -> bool:
    """Whether a result is not held against a program, because its sample is suspect.

    A program may differ from a suspect sample, and may fail on it where the input itself is
    damaged; apart from that it must run.
    """
    if not isinstance(test, SampleTest) or test.suspect is None:
        return False
    if verdict in (Verdict.AC, Verdict.WA, Verdict.PE):
        return True
    return verdict is Verdict.RE and _input_is_damaged(test)


def _input_is_damaged(sample: SampleTest) -> bool:
    """Whether the input shows marks of a text that was shortened or typeset."""
    text = sample.input if isinstance(sample.input, str) else str(sample.input)
    marks = ("...", "…", ". . .", "⋮")
    return sample.suspect == "symbolic" or not text.isascii() or any(m in text for m in marks)

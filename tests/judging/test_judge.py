"""The judge in front of a real sandbox: programs in, judgements out."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import replace
from typing import Any

import pytest

from gptcc_cli.checkers import CheckerOptions, Layout
from gptcc_cli.errors import ExecutionRefused, ProblemError
from gptcc_cli.judging import AskedLimits, Judge, Verdict
from gptcc_cli.problem import AnswerRules, IOTest, Mode, Problem, SampleTest
from gptcc_cli.sandbox import Execution, Job, Sandbox
from tests.programs import CALL_PROBLEM, RAN, STDIN_PROBLEM, call_test, candidate, stdin_test

SUM = candidate("print(sum(map(int, input().split())))")
SUM_TESTS = (stdin_test("1 2", "3\n", "a"), stdin_test("4 5", "9\n", "b"))


def verdicts(
    judge: Judge, source: str, *tests: IOTest, problem: Problem = STDIN_PROBLEM
) -> list[str]:
    judgement = judge.judge(candidate(source), problem, tests)
    return [case.verdict.value for case in judgement.cases]


def test_a_right_program_is_accepted(judge: Judge) -> None:
    judgement = judge.judge(SUM, STDIN_PROBLEM, SUM_TESTS)
    assert (judgement.verdict, judgement.n_passed, judgement.n_tests) == (Verdict.AC, 2, 2)
    assert [case.test.name for case in judgement.cases] == ["a", "b"]


@pytest.mark.parametrize(
    ("source", "verdict", "words"),
    [
        ("print(4)", "WA", "line 1: expected '3', got '4'"),
        ("print(1 / 0)", "RE", "line 1: ZeroDivisionError"),
        ("print(3); raise SystemExit(7)", "RE", "exit code 7"),
        ("print(3); exit()", "AC", ""),
        ("print(", "CE", "SyntaxError"),
        ("return 3", "CE", "SyntaxError"),
        ("while True: pass", "TLE", "over"),
        ("x = bytearray(3 << 30)", "MLE", ""),
        ("print('x' * (17 << 20))", "OLE", "MiB"),
    ],
)
def test_each_end_has_its_verdict(sandbox: Sandbox, source: str, verdict: str, words: str) -> None:
    with Judge(sandbox, limits=AskedLimits(wall_s=2.0)) as quick:
        (case,) = quick.judge(candidate(source), STDIN_PROBLEM, (SUM_TESTS[0],)).cases
    assert (case.verdict.value, words in case.detail) == (verdict, True), case


def test_the_layout_counts_only_when_asked(sandbox: Sandbox, judge: Judge) -> None:
    program, test = candidate("print(1); print(2)"), stdin_test("", "1 2\n")
    (case,) = judge.judge(program, STDIN_PROBLEM, (test,)).cases
    assert (case.verdict, case.layout_differs) == (Verdict.AC, True)
    with Judge(sandbox, options=CheckerOptions(layout=Layout.STRICT)) as strict:
        (case,) = strict.judge(program, STDIN_PROBLEM, (test,)).cases
    assert (case.verdict, case.layout_differs) == (Verdict.PE, True)
    assert case.detail.startswith("layout of line 1")


def test_a_judgement_keeps_the_beginning_of_a_long_output(judge: Judge) -> None:
    program, test = candidate("print('x' * 1_000_000)"), stdin_test("", "x" * 1_000_000 + "\n")
    (case,) = judge.judge(program, STDIN_PROBLEM, (test,)).cases
    assert case.verdict is Verdict.AC
    assert case.execution is not None
    assert case.execution.stdout == b"x" * (64 << 10)


def test_judging_stops_at_the_first_failure_when_asked(judge: Judge) -> None:
    tests = (stdin_test("", "1"), stdin_test("", "2"), stdin_test("", "1"))
    stopped = judge.judge(candidate("print(1)"), STDIN_PROBLEM, tests, stop_at_first_failure=True)
    assert [case.verdict.value for case in stopped.cases] == ["AC", "WA"]
    assert (stopped.verdict, stopped.n_tests) == (Verdict.WA, 3)
    assert verdicts(judge, "print(1)", *tests) == ["AC", "WA", "AC"]


def test_many_tests_keep_their_order(judge: Judge) -> None:
    tests = tuple(stdin_test(str(n), str(n), str(n)) for n in range(12))
    source = "import time; n = int(input()); time.sleep((12 - n) / 100); print(n)"
    judgement = judge.judge(candidate(source), STDIN_PROBLEM, tests)
    assert [case.test.name for case in judgement.cases] == [str(n) for n in range(12)]
    assert judgement.verdict is Verdict.AC


def test_without_tests_there_is_no_verdict(judge: Judge) -> None:
    assert judge.judge(SUM, STDIN_PROBLEM, ()).verdict is None
    broken = candidate("print(", syntax_error="line 1: it is not closed")
    assert judge.judge(broken, STDIN_PROBLEM, ()).verdict is None


def test_a_known_syntax_error_is_not_run(judge: Judge) -> None:
    broken = candidate("print(", syntax_error="line 1: '(' was never closed")
    judgement = judge.judge(broken, STDIN_PROBLEM, SUM_TESTS)
    assert [case.verdict for case in judgement.cases] == [Verdict.CE, Verdict.CE]
    assert all(case.execution is None for case in judgement.cases)
    assert judgement.cases[0].detail == "line 1: '(' was never closed"


def test_a_missing_function_is_a_compile_error(judge: Judge) -> None:
    (case,) = judge.judge(candidate("def g(): pass"), CALL_PROBLEM, (call_test(expected=1),)).cases
    assert case.verdict is Verdict.CE
    assert case.detail.startswith("missing_function")


def test_a_method_of_solution_is_called(judge: Judge) -> None:
    source = "class Solution:\n    def f(self, a, b):\n        return a + b"
    assert verdicts(judge, source, call_test(1, 2, expected=3), problem=CALL_PROBLEM) == ["AC"]


def test_integer_keys_are_offered_only_after_the_program_trips(judge: Judge) -> None:
    test = call_test({"1": {"2": 5}}, expected=5)
    assert verdicts(judge, "def f(d): return d[1][2]", test, problem=CALL_PROBLEM) == ["AC"]
    assert verdicts(judge, "def f(d): return d['1']['2']", test, problem=CALL_PROBLEM) == ["AC"]
    assert verdicts(judge, "def f(d): return d[7]", test, problem=CALL_PROBLEM) == ["RE"]
    kept = call_test({"1": 2}, expected=["1"])
    assert verdicts(judge, "def f(d): return list(d)", kept, problem=CALL_PROBLEM) == ["AC"]


def test_arguments_may_come_as_lines_of_json(judge: Judge) -> None:
    test = IOTest(name="t", input='[1, 2]\n\n"ab"\n', expected='[3, "ab"]')
    source = "def f(a, b): return (sum(a), b)"
    assert verdicts(judge, source, test, problem=CALL_PROBLEM) == ["AC"]


def test_arguments_that_are_not_json_are_the_problems_fault(judge: Judge) -> None:
    with pytest.raises(ProblemError, match="not JSON"):
        verdicts(
            judge,
            "def f(a): return a",
            IOTest(name="t", input="[1,", expected=1),
            problem=CALL_PROBLEM,
        )


def test_a_problem_solved_in_place_is_judged_by_its_argument(judge: Judge) -> None:
    problem = replace(
        CALL_PROBLEM,
        starter_code="class Solution:\n    def f(self, a: List[int]) -> None:\n        ",
    )
    test = call_test([2, 1], expected=[1, 2])
    assert verdicts(judge, "def f(a): a.sort()", test, problem=problem) == ["AC"]
    assert verdicts(judge, "def f(a): return sorted(a)", test, problem=problem) == ["AC"]
    assert verdicts(judge, "def f(a): pass", test, problem=problem) == ["WA"]
    assert verdicts(judge, "def f(a): a.sort()", test, problem=CALL_PROBLEM) == ["WA"]


def test_a_program_that_leaves_before_answering_is_not_accepted(judge: Judge) -> None:
    for source in ("def f(): raise SystemExit(0)", "import os\ndef f(): os._exit(0)"):
        assert verdicts(judge, source, call_test(expected=None), problem=CALL_PROBLEM) == ["RE"]


def test_the_statements_time_limit_holds(judge: Judge, sandbox: Sandbox) -> None:
    problem = replace(STDIN_PROBLEM, time_limit_s=1.0)
    (case,) = judge.judge(candidate("while True: pass"), problem, (stdin_test("", ""),)).cases
    assert case.verdict is Verdict.TLE
    assert case.detail in ("over 1 s of processor time", "over 2 s")
    with Judge(sandbox, limits=AskedLimits(wall_s=0.5)) as hurried:
        (case,) = hurried.judge(
            candidate("import time; time.sleep(9)"), problem, (stdin_test("", ""),)
        ).cases
    assert case.verdict is Verdict.TLE
    assert case.execution is not None
    assert case.execution.wall_s < 2


def test_a_doubtful_wrong_answer_says_so(judge: Judge) -> None:
    problem = replace(STDIN_PROBLEM, answer=AnswerRules(special_judge=True))
    (case,) = judge.judge(candidate("print(4)"), problem, (SUM_TESTS[0],)).cases
    assert case.verdict is Verdict.WA
    assert case.detail.startswith("WA?")


def test_a_suspect_sample_does_not_reject(judge: Judge) -> None:
    suspect = SampleTest(name="sample 1", input="1 2", expected="1 ... 5", suspect="ellipsis")
    trusted = SampleTest(name="sample 2", input="1 2", expected="3")
    judgement = judge.judge(SUM, STDIN_PROBLEM, (suspect, trusted), stop_at_first_failure=True)
    assert [case.verdict.value for case in judgement.cases] == ["WA", "AC"]
    assert judgement.verdict is Verdict.AC
    assert judge.judge(SUM, STDIN_PROBLEM, (suspect,)).verdict is None
    crash = judge.judge(candidate("print(1 / 0)"), STDIN_PROBLEM, (suspect,))
    assert crash.verdict is Verdict.RE


def test_a_crash_on_a_damaged_input_does_not_reject(judge: Judge) -> None:
    damaged = SampleTest(name="s", input="1 2 ... 9", expected="45", suspect="ellipsis")
    assert judge.judge(SUM, STDIN_PROBLEM, (damaged,)).verdict is None


def test_submitted_candidates_are_judged_together_and_keep_their_place(judge: Judge) -> None:
    programs = [candidate(f"print({n})") for n in range(8)]
    futures = [judge.submit(program, STDIN_PROBLEM, (SUM_TESTS[0],)) for program in programs]
    found = [future.result() for future in futures]
    assert [one.candidate for one in found] == programs
    assert [one.verdict for one in found].count(Verdict.AC) == 1
    assert found[3].verdict is Verdict.AC


def test_cancelling_ends_a_candidate_between_its_tests(judge: Judge) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(CancelledError):
        judge.submit(SUM, STDIN_PROBLEM, SUM_TESTS, cancel=cancel).result()


def test_closing_leaves_no_candidate_waiting(sandbox: Sandbox) -> None:
    judge = Judge(sandbox)
    slow = candidate("import time; time.sleep(0.2)")
    tests = tuple(stdin_test("", "") for _ in range(50))
    futures = [judge.submit(slow, STDIN_PROBLEM, tests) for _ in range(10)]
    judge.close()
    assert all(future.done() for future in futures)
    for future in futures:
        with pytest.raises(CancelledError):
            future.result()
    judge.close()


class BrokenSandbox:
    """A sandbox that fails in a way of ours; stands for our own bugs, which can't be made real."""

    workers = 1

    def __init__(self, run: Callable[[Job], Execution]) -> None:
        self.run = run


def test_our_own_failure_is_never_the_candidates() -> None:
    def burst(job: Job) -> Execution:
        raise OSError("no more descriptors")

    def faulty(job: Job) -> Execution:
        return replace(RAN, fault="the worker died twice", exit_code=1)

    for run in (burst, faulty):
        sandbox: Any = BrokenSandbox(run)
        with Judge(sandbox) as judge:
            judgement = judge.judge(SUM, STDIN_PROBLEM, SUM_TESTS)
            checked = judge.judge_assertions(SUM, CALL_PROBLEM, "def check(candidate): pass")
        assert [case.verdict for case in judgement.cases] == [Verdict.IE, Verdict.IE]
        assert checked.verdict is Verdict.IE
        assert judgement.cases[0].detail


def test_a_refusal_is_not_a_verdict() -> None:
    def refuse(job: Job) -> Execution:
        raise ExecutionRefused("no level holds here")

    sandbox: Any = BrokenSandbox(refuse)
    with Judge(sandbox) as judge, pytest.raises(ExecutionRefused):
        judge.judge(SUM, STDIN_PROBLEM, SUM_TESTS)


@pytest.mark.parametrize("mode", list(Mode))
def test_no_job_has_a_trace_of_what_is_expected(mode: Mode) -> None:
    """Every field of every job is searched for markers that stand only in expected outputs."""
    seen: list[Job] = []

    def watch(job: Job) -> Execution:
        seen.append(job)
        return replace(RAN, exit_code=1, stderr=b"KeyError: 1\n")

    marker, number = "EXPECTEDMARKER", 739184650023
    expected = {"answer": [marker, number]} if mode is Mode.CALL else f"{marker} {number}\n"
    given: Any = ({"1": 2},) if mode is Mode.CALL else "1 2\n"
    problem = replace(
        STDIN_PROBLEM if mode is Mode.STDIN else CALL_PROBLEM,
        samples=(SampleTest(name="s", input=given, expected=expected, explanation=marker),),
        statement=f"{marker} {number}",
    )
    tests = (IOTest(name=marker, input=given, expected=expected),) * 3
    sandbox: Any = BrokenSandbox(watch)
    with Judge(sandbox) as judge:
        judge.judge(SUM, problem, tests)
        judge.submit(SUM, problem, tests, stop_at_first_failure=False).result()
    assert len(seen) == 6 * (2 if mode is Mode.CALL else 1)
    for job in seen:
        assert marker not in repr(job)
        assert str(number) not in repr(job)
        assert set(json.loads(job.call.arguments_json)[0]) == {"1"} if job.call else job.stdin


def test_a_program_gets_the_names_its_starter_code_takes_for_granted(judge: Judge) -> None:
    starter = "class Solution:\n    def f(self, a: List[int]) -> int:\n        "
    problem = replace(CALL_PROBLEM, starter_code=starter)
    source = starter + "return a[0]\n"
    tests = (call_test([7], expected=7), call_test([], expected=0))
    judgement = judge.judge(candidate(source), problem, tests)
    assert judgement.granted == ("from typing import List",)
    assert [case.verdict.value for case in judgement.cases] == ["AC", "RE"]
    assert judgement.cases[1].detail == "line 3: IndexError: list index out of range"
    without = judge.judge(candidate(source), CALL_PROBLEM, tests[:1])
    assert (without.granted, without.verdict) == ((), Verdict.RE)


def test_a_long_output_is_judged_whole_and_kept_in_part(judge: Judge) -> None:
    long = "7" * 200_000
    printed = judge.judge(candidate("print('7' * 200_000)"), STDIN_PROBLEM, (stdin_test("", long),))
    returned = judge.judge(
        candidate("def f(): return '7' * 200_000"), CALL_PROBLEM, (call_test(expected=long),)
    )
    for judgement in (printed, returned):
        assert judgement.verdict is Verdict.AC
        execution = judgement.cases[0].execution
        assert execution is not None
        assert len(execution.stdout) <= 64 << 10
        assert execution.answer_json is None
    assert "not kept" in str(returned.cases[0].execution)


CHECK = "def check(candidate):\n    assert candidate(1) == 2\n    assert candidate(2) == 4\n"


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("def f(a): return 2 * a", "AC"),
        ("def f(a): return 2", "WA"),
        ("def f(a): return 1 / 0", "WA"),
        ("def g(a): return 2 * a", "CE"),
        ("def f(a: return", "CE"),
        ("import os\ndef f(a): os._exit(0)", "WA"),
        ("def f(a): raise SystemExit(0)", "WA"),
        ("raise SystemExit(0)", "WA"),
        ("1 / 0", "RE"),
        ("def f(a):\n    while True: pass", "TLE"),
        ("class Always:\n    def __eq__(s, o): return True\ndef f(a): return Always()", "WA"),
        ("import builtins\nbuiltins.AssertionError = ZeroDivisionError\ndef f(a): return 1", "WA"),
    ],
)
def test_a_check_program_gives_the_same_verdicts(
    sandbox: Sandbox, source: str, verdict: str
) -> None:
    with Judge(sandbox, limits=AskedLimits(wall_s=2.0)) as quick:
        judgement = quick.judge_assertions(candidate(source), CALL_PROBLEM, CHECK)
    assert judgement.verdict is not None
    assert (judgement.verdict.value, judgement.n_tests) == (verdict, 1), judgement.cases[0]


def test_a_candidate_never_sees_its_check(judge: Judge) -> None:
    source = (
        "import gc, sys\n"
        "def f(a):\n"
        "    seen = [o for o in gc.get_objects() if isinstance(o, dict) and 'check' in o]\n"
        "    frame, names = sys._getframe(), []\n"
        "    while frame: names.append(frame.f_code.co_filename); frame = frame.f_back\n"
        "    return (len(seen), names.count('check.py'))\n"
    )
    check = "def check(candidate):\n    assert candidate(1) == (0, 0)\n"
    assert judge.judge_assertions(candidate(source), CALL_PROBLEM, check).verdict is Verdict.AC


def test_a_check_whose_argument_cannot_be_passed_judges_nobody(judge: Judge) -> None:
    check = "class Own: pass\ndef check(candidate):\n    assert candidate(Own()) == 2\n"
    (case,) = judge.judge_assertions(candidate("def f(g): return 2"), CALL_PROBLEM, check).cases
    assert case.verdict is Verdict.IE
    assert "Own" in case.detail


def test_integers_of_thousands_of_digits_are_judged(judge: Judge) -> None:
    digits = "9" * 50_000
    stdin = Problem(id="p", statement="")
    test = IOTest(name="t", input=digits, expected="1" + "0" * 50_000)
    right = candidate("print(int(input()) + 1)")
    assert judge.judge(right, stdin, (test,)).verdict is Verdict.AC
    assert judge.judge(candidate("print(int(input()) + 2)"), stdin, (test,)).verdict is Verdict.WA
    call = replace(CALL_PROBLEM, entry_point="f")
    called = IOTest(name="t", input=(int(digits),), expected=int(digits) + 1)
    assert judge.judge(candidate("def f(x): return x + 1"), call, (called,)).verdict is Verdict.AC
    assert judge.judge(candidate("def f(x): return x + 2"), call, (called,)).verdict is Verdict.WA
    check = f"def check(candidate):\n    assert candidate({digits}) == {int(digits) + 1}\n"
    for body in (check, check.replace("assert", "x = 1\n    assert")):
        passed = judge.judge_assertions(candidate("def f(x): return x + 1"), call, body)
        assert passed.verdict is Verdict.AC

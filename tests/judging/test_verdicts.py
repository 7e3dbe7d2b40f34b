"""Verdicts as a pure function of facts, and what they add up to."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gptcc_cli.checkers import CheckerRules
from gptcc_cli.judging import (
    AskedLimits,
    CaseResult,
    Judgement,
    JudgingRules,
    Verdict,
    judging_rules,
    limits_for,
    verdict_of,
)
from gptcc_cli.judging.verdicts import assertions_verdict_of, is_advisory, raised
from gptcc_cli.problem import IOTest, Mode, SampleTest
from gptcc_cli.sandbox import Exceeded, Execution, Limits, Stage
from tests.programs import CALL_PROBLEM, RAN, STDIN_PROBLEM, call_test, candidate, stdin_test

TEST = stdin_test("", "1\n")
RULES = JudgingRules()
CALL_RULES = JudgingRules(mode=Mode.CALL)
RIGHT = replace(RAN, stdout=b"1\n")
MB = 1 << 20

EXECUTIONS = st.builds(
    Execution,
    stage=st.sampled_from(Stage),
    exit_code=st.sampled_from([None, 0, 1, 3]),
    signal=st.sampled_from([None, 9, 11, 24, 99]),
    stdout=st.sampled_from([b"", b"1\n", b"2\n", b"\xff"]),
    stderr=st.sampled_from([b"", b"KeyError: 1\n", b"x\nMemoryError\n", b"\xff\n\n"]),
    wall_s=st.sampled_from([0.0, 1.0, 5.0]),
    cpu_s=st.sampled_from([0.0, 1.0, 6.0]),
    peak_memory_bytes=st.sampled_from([None, MB, 100 * MB]),
    exceeded=st.none() | st.sampled_from(Exceeded),
    answer_json=st.sampled_from([None, "1", "null", "[1", '{"__set__": [1]}']),
    answer_problem=st.sampled_from([None, "a value of type object"]),
    arguments_after_json=st.sampled_from([None, "1", "[1]"]),
    assertion=st.sampled_from([None, "f(1) == 2"]),
    fault=st.sampled_from([None, None, "the worker died"]),
)
ALL_RULES = st.builds(
    JudgingRules,
    mode=st.sampled_from(Mode),
    in_place=st.booleans(),
    special_judge=st.booleans(),
    peak_memory_bytes=st.sampled_from([None, 64 * MB]),
)
TESTS = st.sampled_from(
    [TEST, stdin_test("", "2"), call_test(expected=1), call_test(expected=None)]
)


@given(EXECUTIONS, TESTS, ALL_RULES)
def test_a_verdict_is_a_pure_function_of_facts(
    execution: Execution, test: IOTest, rules: JudgingRules
) -> None:
    outcome = verdict_of(execution, test, rules)
    assert verdict_of(execution, test, rules) == outcome
    verdict, detail, *_ = outcome
    assert (verdict is Verdict.AC) is (detail == "")
    assert "\n" not in detail
    assert len(detail) < 400


@given(EXECUTIONS, TESTS, ALL_RULES)
def test_only_a_run_that_ended_well_can_be_accepted(
    execution: Execution, test: IOTest, rules: JudgingRules
) -> None:
    for outcome in (verdict_of(execution, test, rules), assertions_verdict_of(execution, rules)):
        if outcome[0] in (Verdict.AC, Verdict.WA):
            assert execution.fault is None
            assert execution.stage is Stage.RUN
            assert (execution.exit_code, execution.signal) == (0, None)
            assert execution.exceeded is None
    if execution.fault is not None:
        assert verdict_of(execution, test, rules)[0] is Verdict.IE
        assert assertions_verdict_of(execution, rules)[0] is Verdict.IE


@given(EXECUTIONS, TESTS, ALL_RULES)
def test_our_failure_is_the_only_reason_for_ie(
    execution: Execution, test: IOTest, rules: JudgingRules
) -> None:
    assert (verdict_of(execution, test, rules)[0] is Verdict.IE) is (execution.fault is not None)


@given(EXECUTIONS, TESTS, ALL_RULES)
def test_tighter_limits_only_take_acceptance_away(
    execution: Execution, test: IOTest, rules: JudgingRules
) -> None:
    tighter = replace(rules, limits=Limits(wall_s=0.5, output_bytes=1), peak_memory_bytes=MB)
    if verdict_of(execution, test, tighter)[0] is Verdict.AC:
        assert verdict_of(execution, test, rules)[0] is Verdict.AC


@pytest.mark.parametrize(
    ("facts", "verdict", "detail"),
    [
        ({}, "AC", ""),
        ({"stdout": b"2\n"}, "WA", "line 1: expected '1', got '2'"),
        ({"exit_code": 3}, "RE", "exit code 3"),
        ({"exit_code": None, "signal": 11}, "RE", "ended by signal SIGSEGV"),
        ({"exit_code": None, "signal": 99}, "RE", "ended by signal 99"),
        ({"exceeded": Exceeded.WALL}, "TLE", "over 4 s"),
        ({"exceeded": Exceeded.CPU}, "TLE", "over 5 s of processor time"),
        ({"exit_code": None, "signal": 9, "cpu_s": 4.99}, "TLE", "over 5 s of processor time"),
        ({"exit_code": None, "signal": 9, "cpu_s": 1.0}, "RE", "ended by signal SIGKILL"),
        ({"cpu_s": 5.01}, "TLE", "over 5 s of processor time"),
        ({"exceeded": Exceeded.MEMORY, "exit_code": 1}, "MLE", "over 1024 MiB"),
        ({"exceeded": Exceeded.OUTPUT}, "OLE", "more than 16 MiB of output"),
        ({"exit_code": 1, "stderr": b"Traceback\nMemoryError\n"}, "MLE", "MemoryError"),
        ({"exit_code": 1, "stderr": b"MyMemoryError\n"}, "RE", "MyMemoryError"),
        ({"exit_code": 1, "stderr": b"\x1b[2J\xff boom\n"}, "RE", "�[2J� boom"),
        ({"exit_code": 1, "stderr": b"e" * 999}, "RE", "e" * 159 + "…"),
        (
            {
                "exit_code": 1,
                "stderr": b'Traceback:\n  File "main.py", line 2, in <module>\n    f()\n'
                b'  File "main.py", line 7, in f\n    1 / 0\nZeroDivisionError: by zero\n',
            },
            "RE",
            "line 7: ZeroDivisionError: by zero",
        ),
        (
            {"stage": Stage.COMPILE, "exit_code": 1, "stderr": b"SyntaxError: invalid\n"},
            "CE",
            "SyntaxError: invalid",
        ),
        ({"stage": Stage.COMPILE, "exceeded": Exceeded.MEMORY}, "CE", "it does not compile"),
        ({"stage": Stage.ENTRY}, "CE", "missing_function: it is not defined"),
        ({"fault": "the worker died", "exceeded": Exceeded.WALL}, "IE", "the worker died"),
    ],
)
def test_facts_and_their_verdicts(facts: dict[str, object], verdict: str, detail: str) -> None:
    found = verdict_of(replace(RIGHT, **facts), TEST, RULES)  # type: ignore[arg-type]
    assert (found[0].value, found[1]) == (verdict, detail)


@pytest.mark.parametrize(
    ("facts", "expected", "verdict"),
    [
        ({"answer_json": "[1, 2]"}, [1, 2], "AC"),
        ({"answer_json": "null"}, None, "AC"),
        ({"answer_json": None}, None, "RE"),
        ({"answer_json": None, "answer_problem": "a value of type f"}, None, "WA"),
        ({"answer_json": "[1"}, [1], "WA"),
        ({"answer_json": "[" * 9999}, [1], "WA"),
        ({"answer_json": "null", "arguments_after_json": "[1]"}, [1], "WA"),
    ],
)
def test_answers_of_calls(facts: dict[str, str | None], expected: list[int], verdict: str) -> None:
    test = call_test(expected=expected)  # type: ignore[arg-type]
    found = verdict_of(replace(RAN, **facts), test, CALL_RULES)  # type: ignore[arg-type]
    assert found[0].value == verdict


def test_a_call_in_place_is_judged_by_its_argument_only_when_it_returned_none() -> None:
    rules = replace(CALL_RULES, in_place=True)
    after = replace(RAN, answer_json="null", arguments_after_json="[1]")
    assert verdict_of(after, call_test(expected=[1]), rules)[0] is Verdict.AC
    assert verdict_of(after, call_test(expected=None), rules)[0] is Verdict.AC
    returned = replace(after, answer_json="[2]")
    assert verdict_of(returned, call_test(expected=[1]), rules)[0] is Verdict.WA


def test_the_words_of_a_doubtful_wrong_answer_say_so() -> None:
    rules = replace(RULES, special_judge=True)
    verdict, detail, *_ = verdict_of(replace(RAN, stdout=b"2"), TEST, rules)
    assert verdict is Verdict.WA
    assert detail == "WA? (other answers may be right): line 1: expected '1', got '2'"
    assert verdict_of(RIGHT, TEST, rules)[0] is Verdict.AC


def test_assertions_that_fail_are_wrong_answers() -> None:
    assert assertions_verdict_of(RAN, RULES)[0] is Verdict.AC
    failed = replace(RAN, assertion="line 3: assert f(1) == 2")
    assert assertions_verdict_of(failed, RULES)[:2] == (Verdict.WA, "line 3: assert f(1) == 2")


def test_an_uncaught_exception_is_recognised_by_its_last_line() -> None:
    facts = replace(RAN, exit_code=1, stderr=b"KeyError: 1\nTraceback\nTypeError: x\n")
    assert raised(facts, "KeyError", "TypeError")
    assert not raised(facts, "KeyError")
    assert not raised(replace(facts, exit_code=0), "TypeError")


VERDICTS = st.lists(st.sampled_from(Verdict), max_size=6)


def judgement(verdicts: list[Verdict], n_tests: int | None = None) -> Judgement:
    cases = tuple(
        CaseResult(test=TEST, verdict=verdict, detail="", execution=None) for verdict in verdicts
    )
    count = len(cases) if n_tests is None else n_tests
    return Judgement(candidate=candidate(""), cases=cases, n_tests=count)


@given(VERDICTS)
def test_a_judgement_is_its_first_failure(verdicts: list[Verdict]) -> None:
    failures = [verdict for verdict in verdicts if verdict is not Verdict.AC]
    expected = failures[0] if failures else Verdict.AC if verdicts else None
    assert judgement(verdicts).verdict is expected
    assert judgement(verdicts).n_passed == verdicts.count(Verdict.AC)


@given(VERDICTS)
def test_an_unfinished_judgement_is_never_accepted(verdicts: list[Verdict]) -> None:
    assert judgement(verdicts, len(verdicts) + 1).verdict is not Verdict.AC


@pytest.mark.parametrize(
    ("given_text", "suspect", "verdict", "advisory"),
    [
        ("1 2", None, Verdict.WA, False),
        ("1 2", "ellipsis", Verdict.WA, True),
        ("1 2", "ellipsis", Verdict.PE, True),
        ("1 2", "ellipsis", Verdict.AC, True),
        ("1 2", "ellipsis", Verdict.RE, False),
        ("1 ... 2", "ellipsis", Verdict.RE, True),
        ("1 … 2", "ellipsis", Verdict.TLE, False),
        ("−1", "unicode", Verdict.RE, True),
        ("N M", "symbolic", Verdict.RE, True),
        ("1 2", "ellipsis", Verdict.IE, False),
        ("1 2", "ellipsis", Verdict.CE, False),
    ],
)
def test_what_a_suspect_sample_can_say(
    given_text: str, suspect: str | None, verdict: Verdict, advisory: bool
) -> None:
    sample = SampleTest(name="s", input=given_text, expected="", suspect=suspect)
    assert is_advisory(sample, verdict) is advisory


def test_limits_come_from_the_user_then_the_statement_then_the_default() -> None:
    assert limits_for(STDIN_PROBLEM) == Limits()
    stated = replace(STDIN_PROBLEM, time_limit_s=3.0, memory_limit_bytes=256 * MB)
    assert (limits_for(stated).wall_s, limits_for(stated).cpu_s) == (6.0, 3.0)
    assert limits_for(stated).memory_bytes == Limits().memory_bytes
    asked = AskedLimits(wall_s=1.5, memory_bytes=100 * MB, output_bytes=5)
    assert limits_for(stated, asked) == Limits(
        wall_s=1.5, cpu_s=None, memory_bytes=100 * MB, output_bytes=5
    )
    quick = replace(STDIN_PROBLEM, time_limit_s=0.1)
    assert (limits_for(quick).wall_s, limits_for(quick).cpu_s) == (2.0, 1.0)
    forever = replace(STDIN_PROBLEM, time_limit_s=9e9, memory_limit_bytes=4 << 30)
    assert limits_for(forever).cpu_s == 60.0
    assert limits_for(forever).memory_bytes == 4 << 30


def test_a_statements_memory_is_compared_with_the_peak() -> None:
    problem = replace(STDIN_PROBLEM, memory_limit_bytes=256 * MB)
    rules = judging_rules(problem)
    heavy = replace(RIGHT, peak_memory_bytes=300 * MB)
    assert verdict_of(heavy, TEST, rules)[:2] == (Verdict.MLE, "used 300 MiB of 256 MiB")
    assert verdict_of(replace(heavy, peak_memory_bytes=None), TEST, rules)[0] is Verdict.AC
    asked = judging_rules(problem, asked=AskedLimits(memory_bytes=400 * MB))
    assert verdict_of(heavy, TEST, asked)[0] is Verdict.AC
    tiny = judging_rules(replace(problem, memory_limit_bytes=MB))
    assert tiny.peak_memory_bytes == 64 * MB


@pytest.mark.parametrize(
    ("starter", "statement", "in_place"),
    [
        ("class Solution:\n    def f(self, a: List[int]) -> None:\n        ", "", True),
        ("def f(a: Dict[str, int] = {}, b=(1, 2)) -> None:\n", "", True),
        ("def f(a) -> int:\n", "", False),
        ("def g(a) -> None:\n    pass\ndef f(a) -> int:\n", "", False),
        ("def f(a) -> int:\n    pass\ndef g(a) -> None:\n", "", False),
        ("def f(a: Callable[[int], None]) -> int:\n", "", False),
        ("def f(a", "", False),
        ("def f(a):\n", "Modify the array in-place.", True),
        ("def f(a):\n", "Sort it In Place, please.", True),
        ("def f(a):\n", "He is in placement.", False),
    ],
)
def test_problems_solved_in_place_are_recognised(
    starter: str, statement: str, in_place: bool
) -> None:
    problem = replace(CALL_PROBLEM, starter_code=starter, statement=statement)
    assert judging_rules(problem).in_place is in_place


def test_rules_of_the_answer_come_from_the_checkers() -> None:
    assert judging_rules(STDIN_PROBLEM).answer == CheckerRules()
    assert judging_rules(STDIN_PROBLEM, (stdin_test("", "0.5"),)).answer.float_problem


@pytest.mark.parametrize("limit", [Exceeded.WALL, Exceeded.CPU])
def test_a_program_stopped_in_compiling_was_too_slow_not_wrong(limit: Exceeded) -> None:
    execution = replace(RAN, stage=Stage.COMPILE, exit_code=None, signal=9, exceeded=limit)
    assert verdict_of(execution, TEST, RULES)[0] is Verdict.TLE

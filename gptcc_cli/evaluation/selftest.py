"""The grader's self-test: programs with known verdicts, judged before anything is scored.

A wrong setting, a broken sandbox or an overloaded machine would otherwise look like a bad model, or
a good one.
"""

from dataclasses import dataclass

from gptcc_cli.benchmarks import BenchmarkItem
from gptcc_cli.errors import ExecutionRefused
from gptcc_cli.extraction import candidate_of
from gptcc_cli.judging import Judge, Judgement
from gptcc_cli.problem import IOTest, Mode, Problem

_STDIN = BenchmarkItem(
    problem=Problem(id="control sum", statement="Print the sum of two integers."),
    tests=(
        IOTest(name="small", input="1 2\n", expected="3\n"),
        IOTest(name="negative", input="-5 2\n", expected="-3\n"),
    ),
)
_CALL = BenchmarkItem(
    problem=Problem(
        id="control pairs",
        statement="Return each item with its place.",
        mode=Mode.CALL,
        entry_point="places",
    ),
    tests=(
        IOTest(name="two", input=(["a", "b"],), expected=[[0, "a"], [1, "b"]]),
        IOTest(name="none", input=([],), expected=[]),
    ),
)
_CHECK = BenchmarkItem(
    problem=Problem(
        id="control check", statement="Double it.", mode=Mode.CALL, entry_point="double"
    ),
    check_source=(
        "def check(candidate):\n"
        "    assert candidate(2) == 4\n"
        "    assert candidate('ab') == 'abab'\n"
        "    assert candidate((1,)) == (1, 1)\n"
    ),
)


@dataclass(frozen=True, slots=True)
class Control:
    """A program and the verdict it must get."""

    name: str
    item: BenchmarkItem
    source: str
    verdict: str


CONTROLS = (
    Control("a right program", _STDIN, "print(sum(map(int, input().split())))\n", "AC"),
    Control("a program that prints a constant", _STDIN, "print(3)\n", "WA"),
    Control("a program that prints nothing", _STDIN, "input()\n", "WA"),
    Control(
        "a program that raises after the right answer",
        _STDIN,
        "print(sum(map(int, input().split())))\nraise SystemExit(3)\n",
        "RE",
    ),
    Control("a text that is no program", _STDIN, "print(3\n", "CE"),
    Control("a program that reads past the end", _STDIN, "input(); input()\n", "RE"),
    Control(
        "a right function", _CALL, "def places(items):\n    return list(enumerate(items))\n", "AC"
    ),
    Control(
        "a function that returns too early", _CALL, "def places(items):\n    return []\n", "WA"
    ),
    Control("a missing function", _CALL, "x = 1\n", "CE"),
    Control("a right checked function", _CHECK, "def double(x):\n    return x + x\n", "AC"),
    Control(
        "a wrong checked function",
        _CHECK,
        "def double(x):\n    return x * x if isinstance(x, int) else x\n",
        "WA",
    ),
    Control(
        "a checked function that ends the process",
        _CHECK,
        "import os\ndef double(x):\n    os._exit(0)\n",
        "WA",
    ),
    Control(
        "an object equal to everything",
        _CHECK,
        "class Yes:\n    def __eq__(self, other):\n        return True\n"
        "def double(x):\n    return Yes()\n",
        "WA",
    ),
)
"""Each is a way in which graders have been wrong."""


def refuse_failing_controls(judge: Judge) -> int:
    """Judge every control.

    Returns:
        How many there are.

    Raises:
        ExecutionRefused: a control got another verdict than it must.
    """
    failing = []
    for control in CONTROLS:
        judgement = _judged(judge, control)
        verdict = judgement.verdict
        if verdict is None or verdict.value != control.verdict:
            got = verdict.value if verdict else "no verdict"
            why = next((case.detail for case in judgement.cases if case.detail), "")
            failing.append(f"{control.name} got {got}, not {control.verdict} ({why})")
    if failing:
        raise ExecutionRefused(
            f"the grader fails its self-test and scores nothing: {'; '.join(failing)}",
            hint="gptcc doctor shows what the sandbox supports here; a time limit may be too short",
        )
    return len(CONTROLS)


def _judged(judge: Judge, control: Control) -> Judgement:
    candidate, item = candidate_of(control.source), control.item
    if item.check_source is not None:
        return judge.judge_assertions(candidate, item.problem, item.check_source)
    return judge.judge(candidate, item.problem, item.tests)

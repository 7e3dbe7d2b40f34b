"""Programs whose verdicts are known, judged before anything is scored.

A grader that calls a wrong program right, or a right one wrong, must not print a score: a wrong
setting, a broken sandbox or an overloaded machine would pass for a bad model, or a good one.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A program and the verdict it must get."""

    name: str
    item: BenchmarkItem
    source: str
    verdict: str


CONTROLS = (
    Control(
        name="a right program",
        item=_STDIN,
        source="print(sum(map(int, input().split())))\n",
        verdict="AC",
    ),
    Control(
        name="a program that prints a constant", item=_STDIN, source="print(3)\n", verdict="WA"
    ),
    Control(name="a program that prints nothing", item=_STDIN, source="input()\n", verdict="WA"),
    Control(
        name="a program that raises after the right answer",
        item=_STDIN,
        source="print(sum(map(int, input().split())))\nraise SystemExit(3)\n",
        verdict="RE",
    ),
    Control(name="a text that is no program", item=_STDIN, source="print(3\n", verdict="CE"),
    Control(
        name="a program that reads past the end",
        item=_STDIN,
        source="input(); input()\n",
        verdict="RE",
    ),
    Control(
        name="a right function",
        item=_CALL,
        source="def places(items):\n    return list(enumerate(items))\n",
        verdict="AC",
    ),
    Control(
        name="a function that returns too early",
        item=_CALL,
        source="def places(items):\n    return []\n",
        verdict="WA",
    ),
    Control(name="a missing function", item=_CALL, source="x = 1\n", verdict="CE"),
    Control(
        name="a right checked function",
        item=_CHECK,
        source="def double(x):\n    return x + x\n",
        verdict="AC",
    ),
    Control(
        name="a wrong checked function",
        item=_CHECK,
        source="def double(x):\n    return x * x if isinstance(x, int) else x\n",
        verdict="WA",
    ),
    Control(
        name="a checked function that ends the process",
        item=_CHECK,
        source="import os\ndef double(x):\n    os._exit(0)\n",
        verdict="WA",
    ),
    Control(
        name="an object equal to everything",
        item=_CHECK,
        source="class Yes:\n    def __eq__(self, other):\n        return True\n"
        "def double(x):\n    return Yes()\n",
        verdict="WA",
    ),
)
"""Each begins a way in which graders have been wrong."""


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
            hint="gptcc doctor shows what the sandbox can do here; a time limit may be too short",
        )
    return len(CONTROLS)


def _judged(judge: Judge, control: Control) -> Judgement:
    candidate, item = candidate_of(control.source), control.item
    if item.check_source is not None:
        return judge.judge_assertions(candidate, item.problem, item.check_source)
    return judge.judge(candidate, item.problem, item.tests)

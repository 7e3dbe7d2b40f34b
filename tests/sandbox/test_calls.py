"""Functions that are called at every level, once or several times."""

import json
import signal

import pytest

from gptcc_cli.sandbox import (
    Calls,
    Job,
    Limits,
    Sandbox,
    Stage,
    answer_of,
)
from tests.sandbox.levels import call


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("(1, (2, [3]))", [1, [2, [3]]]),
        ("range(3)", [0, 1, 2]),
        ("map(str, [1])", ["1"]),
        ("{True: 1, 2: None}", {"true": 1, "2": None}),
        ("{}.keys()", []),
        ("(x * x for x in range(3))", [0, 1, 4]),
        ("{2, 1}", {"__set__": [1, 2]}),
        ("float(1)", 1.0),
        ("'\\u00e9\\ud800'", "\u00e9\ud800"),
        ("__import__('collections').Counter('aab')", {"a": 2, "b": 1}),
        ("__import__('collections').deque([1])", [1]),
        ("__import__('collections').namedtuple('P', 'a b')(1, 2)", [1, 2]),
        ("True", True),
        ("None", None),
    ],
)
def test_an_answer_comes_back_as_json(sandbox: Sandbox, expression: str, answer: object) -> None:
    execution = call(sandbox, f"def f(): return {expression}")
    assert execution.answer_json is not None, execution.stderr
    assert json.loads(execution.answer_json) == answer


def test_infinities_come_back_as_python_writes_them(sandbox: Sandbox) -> None:
    assert call(sandbox, "def f(): return [float('inf'), -1e400]").answer_json == (
        "[Infinity,-Infinity]"
    )


@pytest.mark.parametrize(
    "expression",
    ["object()", "lambda: 0", "[b'x']", "{(1, 2): 3}", "1j", "__import__('itertools').count()"],
)
def test_an_answer_that_json_cannot_carry_is_named(sandbox: Sandbox, expression: str) -> None:
    execution = call(sandbox, f"def f(): return {expression}")
    assert execution.answer_json is None
    assert execution.answer_problem
    assert (execution.exit_code, execution.stage) == (0, Stage.RUN)


def test_a_method_is_called_where_solution_defines_it(sandbox: Sandbox) -> None:
    method = "class Solution:\n    def f(self, x): return x + 1\n"
    assert call(sandbox, method + "def f(x): return 0", 1).answer_json == "2"
    other = "class Solution:\n    def g(self, x): return x + 1\n"
    assert call(sandbox, other + "def f(x): return 0", 1).answer_json == "0"


def test_a_list_solved_in_place_comes_back(sandbox: Sandbox) -> None:
    execution = call(sandbox, "def f(a): a.sort()", [3, 1, 2])
    assert (execution.answer_json, execution.arguments_after_json) == ("null", "[1,2,3]")
    assert call(sandbox, "def f(a): return a", [3]).arguments_after_json is None


def test_integer_keys_are_given_where_asked_for(sandbox: Sandbox) -> None:
    source = "def f(d): return [d[1], type(next(iter(d['x']))).__name__] if 1 in d else list(d)"
    given = {"1": {"-2": 0}, "x": 1}
    assert (
        call(sandbox, "def f(d): return sum(d)", {"1": 0, "-2": 0}, int_keys=True).answer_json
        == "-1"
    )
    assert call(sandbox, source, given, int_keys=True).answer_json == '["1","x"]'
    assert call(sandbox, "def f(d): return list(d)", {"1": 0}).answer_json == '["1"]'


def test_a_call_prints_beside_its_answer_and_is_no_main_program(sandbox: Sandbox) -> None:
    source = "print(__name__)\ndef f(): print('in f'); return 1\nif __name__ == '__main__': input()"
    execution = call(sandbox, source)
    assert (execution.stdout, execution.answer_json) == (b"solution\nin f\n", "1")


def test_a_call_that_raises_has_no_answer(sandbox: Sandbox) -> None:
    execution = call(sandbox, "def f(): raise KeyError('x')")
    assert (execution.exit_code, execution.answer_json) == (1, None)
    assert execution.stderr.endswith(b"KeyError: 'x'\n")


# Several calls


def calls(*arguments: object) -> Calls:
    return Calls(entry_point="f", arguments=tuple(((one,), {}) for one in arguments))


def test_calls_are_answered_in_order_by_one_process(sandbox: Sandbox) -> None:
    source = "seen = []\ndef f(x):\n    seen.append(x)\n    return seen"
    execution = sandbox.run(Job(source=source, calls=calls(1, "C\nE\nA", (2,))))
    assert [answer_of(answer) for answer in execution.answers] == [
        [1],
        [1, "C\nE\nA"],
        [1, "C\nE\nA", (2,)],
    ]
    assert (execution.stage, execution.exit_code) == (Stage.RUN, 0)


def test_a_call_that_raises_is_the_last(sandbox: Sandbox) -> None:
    execution = sandbox.run(Job(source="def f(x): return 1 // x", calls=calls(1, 0, 1)))
    assert len(execution.answers) == 2
    with pytest.raises(ZeroDivisionError):
        answer_of(execution.answers[1])
    assert execution.exit_code == 0


def test_calls_tell_how_far_a_program_came(sandbox: Sandbox) -> None:
    for source, stage in (
        ("def f(: 0", Stage.COMPILE),
        ("def g(): 0", Stage.ENTRY),
        ("def f(x): return 'E'", Stage.RUN),
    ):
        assert sandbox.run(Job(source=source, calls=calls(1))).stage is stage


def test_no_answer_is_read_past_what_was_written(sandbox: Sandbox) -> None:
    forging = "import os\nos.write(3, b'A' + b'\\xff' * 8 + b'x\\n')\ndef f(x): return x"
    assert sandbox.run(Job(source=forging, calls=calls(1))).answers == ()


def test_a_program_is_stopped_when_its_answers_are_enough(sandbox: Sandbox) -> None:
    source = "import time\ndef f(x):\n    time.sleep(x)\n    return x"
    for _ in range(20):
        patient = Job(source=source, calls=calls(0, 600), limits=Limits(wall_s=900))
        execution = sandbox.run(patient, is_settled=lambda answers: len(answers) > 0)
        assert len(execution.answers) == 1
        assert (execution.exceeded, execution.signal) == (None, signal.SIGKILL)
        # One that ends while it is being stopped leaves a word that nobody waits for.
        short = Job(source=source, calls=calls(0.004))
        assert sandbox.run(short, is_settled=lambda answers: True).fault is None
        assert sandbox.run(Job(source="print(1)")).stdout == b"1\n"

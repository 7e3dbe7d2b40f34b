"""What a model wrote for tests is read in any usual form; what is no test is left out."""

import pytest

from gptcc_cli.extraction import GeneratedTest, read_generated_tests
from gptcc_cli.problem import Mode, Problem, SampleTest

STDIN = Problem(
    id="p",
    statement="s",
    samples=(SampleTest(name="sample 1", input="1 2\n", expected="3\n"),),
)
CALL = Problem(
    id="p",
    statement="s",
    mode=Mode.CALL,
    entry_point="f",
    starter_code="def f(a, b=1):",
    samples=(SampleTest(name="sample 1", input=(1, 1), expected=2, suspect="ellipsis"),),
)
ONE = Problem(id="p", statement="s", mode=Mode.CALL, entry_point="f", starter_code="def f(a):")


def pairs(text, problem, most=8):
    read = read_generated_tests(text, problem, most=most)
    return [
        (generated_test.input, generated_test.answer) for generated_test in read.kept
    ], read.n_dropped


@pytest.mark.parametrize(
    "text",
    [
        "Input:\n3 4\n5\nOutput:\n7\n",
        "### Test 1\n**Input:**\n```\n3 4\n5\n```\n\n**Expected output:** `7`\n\nAll fine.",
        "```\nInput\n3 4\n5\nOutput\n7\n```\nThat was it.",
        'Sure:\n```json\n[{"input": "3 4\\n5\\n", "output": "7"}, {"input": "8", "outp',
        '{"tests": [{"Input": "3 4\\n5", "Expected Output": 7}]}',
    ],
)
def test_a_test_of_standard_input_in_any_form(text):
    (generated_test,) = read_generated_tests(text, STDIN, most=8).kept
    assert generated_test == GeneratedTest(input="3 4\n5\n", answer="7")


@pytest.mark.parametrize(
    "text",
    [
        "assert f([1, 2], 'a') == (3, None)",
        "```python\nassert (f([1, 2], b='a') == [3, None]), 'why'\n```",
        "assert Solution().f(\n    [1, 2],\n    'a',\n) == [3, None]  # so",
        '[{"input": [[1, 2], "a"], "output": [3, null]}]',
        "Input: a = [1, 2], b = 'a'\nOutput: [3, None]",
        "Input:\n[1, 2]\n'a'\nOutput:\n[3, null]\n\nThe rest is easy.",
        "Input: f([1, 2], 'a')\nOutput: [3, None]",
    ],
)
def test_a_test_of_a_call_in_any_form(text):
    assert pairs(text, CALL) == ([(([1, 2], "a"), [3, None])], 0)


def test_a_single_argument_may_stand_alone():
    text = (
        '[{"input": [1, 2], "output": 3}, {"input": "abc", "output": 1}, {"input": 4, "output": 5}]'
    )
    assert pairs(text, ONE)[0] == [(([1, 2],), 3), (("abc",), 1), ((4,), 5)]


def test_several_tests_keep_their_order_and_no_more_are_kept_than_asked_for():
    text = "\n\n".join(f"Input:\n{n}\nOutput:\n{n + 1}" for n in range(5))
    assert pairs(text, STDIN, most=3) == ([(f"{n}\n", f"{n + 1}") for n in range(3)], 2)


def test_samples_and_repetitions_are_left_out():
    text = "Input: 1  2\nOutput: 3\nInput: 5\nOutput: 6\nInput: 5\nOutput: 7\n"
    assert pairs(text, STDIN) == ([("5\n", "6")], 2)
    assert pairs("assert f(1, 1) == 2\nassert f(2, 2) == 4", CALL) == ([((2, 2), 4)], 1)


@pytest.mark.parametrize(
    "line",
    [
        "assert f(1, 2, 3) == 4",
        "assert f() == 4",
        "assert f([0] * 3, 1) == 4",
        "assert f(x, 1) == 4",
        "assert f(__import__('os').getcwd(), 1) == 4",
        "assert f(1, 2) == 2 + 3",
        "assert f(1, 2) != 3",
        "assert not f(1, 2) == 3",
        "assert f(1, 2) == f(2, 1)",
        "assert f(1, 2)",
        "assert f('" + "x" * 3000 + "', 1) == 3",
        "assert f('\\ud800', 1) == 3",
        "assert f(1" + "0" * 5000 + ", 1) == 3",
        "assert f(" + "[" * 200 + "]" * 200 + ", 1) == 3",
        "assert f(1, 2",
        "assert f(1, 2) == [3",
    ],
)
def test_what_is_no_plain_test_is_counted_and_left_out(line):
    assert pairs(f"{line}\nassert f(7, 7) == 8\n", CALL) == ([((7, 7), 8)], 1)


def test_a_function_that_is_defined_or_talked_of_is_no_test():
    text = "def f(a, b=1):\n    return f(a) + 1\n\nSo f(1, 2) is. xf(3) == 4\nassert f(7) == 8"
    problem = Problem(id="p", statement="s", mode=Mode.CALL, entry_point="f")
    assert pairs(text, problem) == ([((7,), 8)], 0)


@pytest.mark.parametrize("problem", [STDIN, CALL, ONE])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "I can't do that.",
        "\0\ud800\x0c" * 50,
        '{"a"' * 20_000,
        '{"input":[1,1,1,' * 10_000,
        "[" * 70_000,
        "f(" * 30_000,
        'assert f("' * 9_000,
        "f('f('" * 20_000,
        "Input:" * 20_000,
        "Input:\n" * 20_000,
        "assert" + " (" * 40_000,
        "Input: " + "1 " * 40_000 + "\nOutput: 1",
        "Input:\n1\nOutput:\n" + "9" * 9_000,
        'f("' + "1," * 40_000,
        "input" + " " * 70_000 + ":",
    ],
    ids=lambda text: repr(text[:12]) if isinstance(text, str) else text.mode.value,
)
def test_hostile_replies_come_to_nothing(text, problem):
    assert read_generated_tests(text, problem, most=8).kept == ()

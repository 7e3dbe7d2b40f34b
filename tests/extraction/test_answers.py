"""Answers written for people: fences, reasoning, prose."""

import json

import pytest

from gptcc_cli.extraction import NO_CODE, extract
from gptcc_cli.generation import Finish
from gptcc_cli.problem import Problem
from tests.programs import CALL_PROBLEM, STDIN_PROBLEM, completion, prompt

CODE = "n = int(input())\nprint(n * 2)\n"


def answer(
    text: str,
    problem: Problem = STDIN_PROBLEM,
    *,
    finish: Finish = Finish.STOP,
    given: str = "",
    prefix: str = "",
) -> str:
    """The program in an answer to a chat prompt that ends in ``given`` and ``prefix``."""
    made = completion(text, prompt=prompt(given, prefix=prefix, chat=True), finish=finish)
    return extract(made, problem).source


def fenced(code: str, tag: str = "python", marks: str = "```") -> str:
    return f"{marks}{tag}\n{code}{marks}\n"


@pytest.mark.parametrize(
    "tag", ["python", "py", "python3", "Python", "", " python", "python title=x"]
)
@pytest.mark.parametrize("marks", ["```", "~~~", "`````"])
def test_a_fenced_block_is_the_program(tag: str, marks: str) -> None:
    assert answer(f"Here it is.\n\n{fenced(CODE, tag, marks)}\nIt doubles.") == CODE


def test_the_last_of_two_blocks_is_the_program() -> None:
    wrong = "n = int(input())\nprint(n)\n"
    assert answer(f"First try:\n{fenced(wrong)}That is wrong:\n{fenced(CODE)}") == CODE


def test_a_block_that_does_not_parse_does_not_win() -> None:
    assert answer(fenced(CODE) + fenced("print(n *\n")) == CODE


def test_a_block_that_reads_wins_over_an_example_of_use() -> None:
    assert answer(fenced(CODE) + "For example:\n" + fenced("print(4)\n")) == CODE


def test_a_tagged_block_wins_over_an_untagged_one() -> None:
    assert answer(fenced(CODE) + "Output:\n" + fenced("x = 3\n", "")) == CODE
    assert answer(fenced("4\n", "") + "and\n" + fenced(CODE, "")) == CODE
    assert answer(fenced(CODE, "") + "Output:\n" + fenced("4\n", "")) == CODE


@pytest.mark.parametrize("tag", ["bash", "json", "output", "cpp", "java", "console"])
def test_blocks_of_other_languages_are_ignored(tag: str) -> None:
    assert answer(fenced(CODE) + fenced("print(1)\n", tag)) == CODE
    found = extract(completion(fenced("print(1)\n", tag), prompt=prompt(chat=True)), STDIN_PROBLEM)
    assert (found.source, found.syntax_error) == ("", NO_CODE)


def test_an_interpreter_session_is_ignored() -> None:
    assert answer(fenced(CODE) + fenced(">>> f(1)\n2\n")) == CODE


def test_a_fence_inside_a_docstring_does_not_end_the_block() -> None:
    doc = '    """Use it.\n\n    ```\n    g()\n    ```\n    """\n'
    code = f"def g():\n{doc}    return input()\nprint(g())\n"
    assert answer(fenced(code)) == code


def test_an_unclosed_fence_at_the_end_is_a_block() -> None:
    assert answer("```python\n" + CODE) == CODE
    cut = "```python\n" + CODE + "for i in range("
    assert answer(cut, finish=Finish.LENGTH) == CODE
    assert "range(" in answer(cut)


def test_a_closed_block_wins_over_an_unclosed_one() -> None:
    assert answer(fenced(CODE) + "```python\nn = int(inp", finish=Finish.LENGTH) == CODE


def test_line_ends_of_windows_are_read() -> None:
    assert answer(f"Hi\n{fenced(CODE)}Bye".replace("\n", "\r\n")) == CODE


def test_backticks_in_prose_are_no_fence() -> None:
    assert answer(f"```x``` is inline, so is `y`.\n{fenced(CODE)}") == CODE


def test_a_block_in_a_list_loses_the_lists_indentation() -> None:
    indented = "".join(f"   {line}\n" for line in f"```python\n{CODE}```".split("\n"))
    assert answer(f"1. Read it:\n{indented}2. Done\n") == CODE
    assert answer(f"- ```python\n  {CODE.replace(chr(10), chr(10) + '  ')}```\n") == CODE


def test_python_marks_are_fences() -> None:
    assert answer(f"[PYTHON]\n{CODE}[/PYTHON]\nThat's all.") == CODE


def test_reasoning_is_cut() -> None:
    thoughts = f"<think>Perhaps\n{fenced('print(input())' + chr(10))}</think>\n"
    assert answer(thoughts + fenced(CODE)) == CODE
    assert answer("<think>I never stop\n" + fenced(CODE)) == ""


def test_terminal_colours_are_cut() -> None:
    assert answer("\x1b[1mHi\x1b[0m\n" + fenced("\x1b[32m" + CODE + "\x1b[0m")) == CODE


@pytest.mark.parametrize("key", ["code", "solution", "program"])
def test_a_program_in_json_is_found(key: str) -> None:
    value = json.dumps({"thought": "double it", key: CODE})
    assert answer(value) == CODE
    assert answer(fenced(value + "\n", "json")) == CODE
    assert answer("Sure: " + value + " Done.") == CODE


def test_a_program_without_any_fence_is_found() -> None:
    assert answer(CODE) == CODE
    assert answer(f"Sure, this doubles it:\n\n{CODE}\nI hope it helps.\n") == CODE


@pytest.mark.parametrize("text", ["", "I can't.", "Yes", "42", "x", "Sorry, no.\nfor you, never"])
def test_prose_is_no_program(text: str) -> None:
    found = extract(completion(text, prompt=prompt(chat=True)), STDIN_PROBLEM)
    assert (found.source, found.syntax_error) == ("", NO_CODE)


def test_a_helper_in_an_earlier_block_is_joined() -> None:
    helper = "import math\n\ndef twice(n):\n    return 2 * n\n"
    main = "n = int(input())\nprint(twice(n))\n"
    assert answer(f"A helper:\n{fenced(helper)}The program:\n{fenced(main)}") == f"{helper}\n{main}"


def test_an_earlier_program_is_not_joined() -> None:
    earlier = "n = int(input())\nm = 2\nprint(n)\n"
    later = "print(int(input()) * m)\n"
    assert answer(fenced(earlier) + fenced(later)) == later


def test_examples_of_use_are_dropped_for_calls_and_kept_for_programs() -> None:
    code = "def f(a):\n    return a\n\nassert f(1) == 1\nprint(f(2),\n      f(3))\nX = 1\n"
    assert answer(fenced(code), CALL_PROBLEM) == "def f(a):\n    return a\n\n\n\n\nX = 1\n"
    assert answer(fenced(code), STDIN_PROBLEM) == code


@pytest.mark.parametrize("line", ["x = 1; print(f(1))", "print(f(1)); x = 1", "x = print(f(1))"])
def test_an_example_that_shares_its_line_is_left_alone(line: str) -> None:
    code = f"def f(a):\n    return a\n{line}\n"
    assert answer(fenced(code), CALL_PROBLEM) == code


def test_the_block_with_the_function_wins() -> None:
    code = "def f(a):\n    return a\n"
    assert answer(fenced(code) + "Try it:\n" + fenced("print(f(1))\n"), CALL_PROBLEM) == code
    method = "class Solution:\n    def f(self, a):\n        return a\n"
    assert answer(fenced(method) + fenced("s = Solution()\n"), CALL_PROBLEM) == method


def test_a_fence_the_prompt_opened_is_closed_by_the_answer() -> None:
    opened = "Solve it.\n```python\n"
    assert answer(CODE + "```\nIt doubles.\n", given=opened) == CODE
    assert answer(CODE, given=opened) == CODE
    head = "def f(a):\n"
    assert answer("    return a\n```\n", CALL_PROBLEM, given=opened, prefix=head) == (
        "def f(a):\n    return a\n"
    )
    again = "def f(a):\n    return a\n"
    assert answer(again, CALL_PROBLEM, given=opened, prefix=head) == again


def test_the_last_broken_block_is_kept_with_its_error() -> None:
    made = completion(fenced("print((1)\nx = 2\n"), prompt=prompt(chat=True))
    found = extract(made, STDIN_PROBLEM)
    assert found.source == "print((1)\nx = 2\n"
    assert found.syntax_error is not None
    assert "no_code" not in found.syntax_error


def test_a_closing_fence_may_end_a_line_of_code() -> None:
    assert answer("```python\nn = int(input())\nprint(n * 2)```\nIt doubles.") == CODE
    assert answer("```python\nn = int(input())\nprint(n * 2)\n# ```") == CODE + "# ```\n"
    assert answer('```python\nprint(input(), "```")\n```\n') == 'print(input(), "```")\n'


def test_code_that_is_only_indented_is_found() -> None:
    indented = "".join(f"    {line}\n" for line in CODE.splitlines())
    assert answer(f"Try this:\n\n{indented}\nIt doubles.\n") == CODE


def test_words_in_a_python_block_are_no_program() -> None:
    broken = "def f(a):\n    return (a\n"
    made = completion(fenced(broken) + "It prints\n" + fenced("3\n"), prompt=prompt(chat=True))
    found = extract(made, CALL_PROBLEM)
    assert found.source == broken
    assert found.syntax_error is not None
    assert answer("It prints\n" + fenced("3\n")) == ""


def test_an_example_of_use_that_does_not_parse_does_not_break_its_function() -> None:
    code = "def f(a):\n    return a\n\n"
    assert answer(fenced(code + "print f(1)\n"), CALL_PROBLEM) == code
    assert answer(fenced("print f(1)\n")) == "print f(1)\n"


def test_a_block_with_a_function_wins_over_a_use_of_it() -> None:
    helper = "def g(a):\n    return a\n\nprint(g(1))\n"
    assert answer(fenced(helper) + fenced("print(g(2))\n"), CALL_PROBLEM) == helper


def test_a_script_around_a_function_is_dropped_for_calls() -> None:
    code = "def f(a):\n    return g(a)\n\n"
    script = "n = int(input())\nX = 2\nfor i in range(n):\n    print(f(i))\n"
    helper = "def g(a):\n    return a\n"
    found = answer(fenced(code + "Y = 1\n" + script + helper), CALL_PROBLEM)
    assert found == code + "Y = 1\n" + "\n" * 4 + helper
    assert answer(fenced(code + script)) == code + script
    reads = "def f(a):\n    return input()\n"
    assert answer(fenced(reads), CALL_PROBLEM) == reads


def test_a_method_of_solution_is_the_function_asked_for() -> None:
    method = "class Solution:\n    def f(self, a):\n        return a\n"
    other = "class Solution:\n    def g(self, a):\n        return a\n"
    wrong = "class Other:\n    def f(self, a):\n        return a\n"
    for later in (other, wrong, "def g(a):\n    return a\n"):
        assert answer(fenced(method) + fenced(later), CALL_PROBLEM) == method
    used = method + "\nprint(Solution().f(1))\n"
    assert answer(fenced(used), CALL_PROBLEM).rstrip() == method.rstrip()
    assert answer(fenced(wrong + "\nprint(1)\n"), CALL_PROBLEM) == wrong + "\nprint(1)\n"


def test_an_untagged_block_without_an_end_is_mended_like_any_other() -> None:
    assert answer("```\nif input():\n\tx = 1\n        print(x)\n") == (
        "if input():\n    x = 1\n    print(x)\n"
    )
    assert answer("```\nif input():\n\tx = 1\n        print(x)\n```\n") == (
        "if input():\n    x = 1\n    print(x)\n"
    )
    broken = "def f(a):\n    return (a\n\nprint f(1)\n"
    assert answer(fenced(broken), CALL_PROBLEM) == broken

"""Replies of today's reasoning and chat models: the answer is taken, and never a draft."""

import json
from pathlib import Path

import pytest

from gptcc_cli.extraction import NO_CODE, extract
from gptcc_cli.extraction.thinking import finals, without_thoughts
from gptcc_cli.generation import Finish
from tests.programs import CALL_PROBLEM, STDIN_PROBLEM, completion, prompt

CODE = "n = int(input())\nprint(n * 2)\n"
DRAFT = "Let me try.\n\n```python\nprint(int(input()) * 3)\n```\n\nNo, twice.\n"
FENCED = f"Here it is:\n\n```python\n{CODE}```\n"


def answer(text: str, finish: Finish = Finish.STOP) -> str:
    made = completion(text, prompt=prompt(chat=True), finish=finish)
    return extract(made, STDIN_PROBLEM).source


MARKS = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<Thought>", "</Thought>"),
    ("<reasoning>", "</reasoning>"),
    ("<my:think>", "</my:think>"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|channel>thought\n", "<channel|>"),
    ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
    ("analysis", "assistantfinal"),
    ("", "</think>"),
]


@pytest.mark.parametrize(("opening", "closing"), MARKS)
@pytest.mark.parametrize("final", [FENCED, CODE])
def test_thoughts_never_beat_the_answer(opening: str, closing: str, final: str) -> None:
    assert answer(f"{opening}{DRAFT}{closing}{final}").strip() == CODE.strip()


@pytest.mark.parametrize("opening", [opening for opening, _ in MARKS if opening])
def test_thoughts_that_never_end_hold_no_answer(opening: str) -> None:
    made = completion(opening + DRAFT, prompt=prompt(chat=True), finish=Finish.LENGTH)
    assert extract(made, STDIN_PROBLEM).syntax_error == NO_CODE


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("<answer>\n", "\n</answer>"),
        ("<solution>", "</solution>"),
        ("<code>\n", "</code>"),
        ("[BEGIN FINAL RESPONSE]\n", "[END FINAL RESPONSE]"),
        ("<|START_RESPONSE|>", "<|END_RESPONSE|>"),
        ("<|begin_of_solution|>\n", "<|end_of_solution|>"),
        ("[BEGIN]\n", "[DONE]"),
        ("<response>", ""),
    ],
)
@pytest.mark.parametrize("before", ["", DRAFT])
def test_what_a_mark_calls_final_is_the_answer(opening: str, closing: str, before: str) -> None:
    assert answer(f"{before}{opening}{CODE}{closing}\n") == CODE


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"code": CODE}),
        json.dumps({"name": "python", "arguments": {"code": CODE}}),
        json.dumps({"name": "run", "arguments": json.dumps({"source": CODE})}),
        json.dumps([{"function": {"arguments": {"python": CODE}}}]),
        f"<tool_call>\n<parameter=code>\n{CODE}</parameter>\n</tool_call>",
        f'<invoke name="python"><parameter name="code">{CODE}</parameter></invoke>',
        f"<tool_call>python\n<arg_key>code</arg_key>\n<arg_value>{CODE}</arg_value></tool_call>",
        "<|channel|>commentary to=python code<|message|>" + CODE + "<|call|>",
        json.dumps(CODE),
    ],
)
def test_code_in_a_tool_call_is_found(text: str) -> None:
    assert answer(text).strip() == CODE.strip()


@pytest.mark.parametrize(
    "token",
    [
        "<|return|>",
        "<|eot_id|>",
        "<|im_end|>",
        "<｜end▁of▁sentence｜>",
        "</s>",
        "<eos>",
        "[EOS]",
        "<|endoftext|>",
        "<|END_OF_TURN_TOKEN|>",
        "<end_of_turn>",
    ],
)
@pytest.mark.parametrize("text", [CODE.rstrip(), FENCED])
def test_end_tokens_are_no_part_of_a_program(token: str, text: str) -> None:
    assert answer(text + token).strip() == CODE.strip()


@pytest.mark.parametrize(
    "tag",
    ["python3.11", "ipython", "main.py", "code", "code python", "text", "tool_code", "Solution"],
)
def test_a_program_under_an_odd_tag_is_found(tag: str) -> None:
    assert answer(f"```{tag}\n{CODE}```\n") == CODE


@pytest.mark.parametrize(
    "text",
    [
        CODE + "```\n",
        CODE.rstrip() + "```\n",
        CODE + "```\nThis doubles n.\n",
        "Here you are:\n" + CODE + "```\n",
        "```python\n" + CODE + "\nThis doubles n.\n",
        "The code: ```python\n" + CODE + "```\n",
        DRAFT + CODE,
        "Read a, b.\n" + CODE,
    ],
)
def test_a_fence_that_lacks_its_partner_hides_nothing(text: str) -> None:
    assert answer(text).strip() == CODE.strip()


def test_bare_code_may_begin_with_an_assignment_to_several_names() -> None:
    program = "a, b = map(int, input().split())\nprint(a + b)\n"
    assert answer("The sum is what we need.\n\n" + program) == program


def test_an_example_of_use_after_a_block_is_not_the_answer() -> None:
    function = "def double(n):\n    return n * 2\n\nprint(double(int(input())))\n"
    text = f"```python\n{function}```\nFor instance:\nprint(double(int(input())))\n"
    assert answer(text) == function


BODY = "    return 2 * n + 1\n"
PREFIX = 'def f(n):\n    """Twice n plus one."""\n'


@pytest.mark.parametrize(
    "text",
    [
        "```python\n" + PREFIX + BODY + "```",
        "```python\n" + BODY + "```\n",
        f"<think>\nhm\n</think>\n\n```python\n{PREFIX}{BODY}```\n",
        "return 2 * n + 1\n",
        "   return 2 * n + 1\n",
        "m = 2 * n\n    return m + 1\n",
        "m = 2 * n\nreturn m + 1\n",
        "    return helper(n)\n\ndef helper(a):\n    return 2 * a + ONE\n\nONE = 1\n",
        "    return H().f(n)\n\nclass H:\n    def f(self, a):\n        return 2 * a + 1\n\n"
        "assert f(3) == 0\n",
    ],
)
def test_a_function_to_complete_is_completed(text: str) -> None:
    problem = CALL_PROBLEM
    found = extract(completion(text, prompt=prompt(prefix=PREFIX)), problem)
    names: dict[str, object] = {}
    exec(found.source, names)  # noqa: S102 (our own text)
    f = names["f"]
    assert callable(f)
    assert f(3) == 7


def test_a_program_that_holds_a_stub_and_then_a_fence_is_the_fence() -> None:
    text = PREFIX + "```python\ndef f(n):\n    return 2 * n + 1\n```\n"
    assert "return 2 * n + 1" in extract(completion(text), CALL_PROBLEM).source


def test_every_published_reply_is_read(shared: Path) -> None:
    """77 replies of today's models, with the program in each; the ones cut off hold none."""
    wrong = []
    for line in (shared / "cases" / "replies.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found = answer(row["text"], Finish(row["finish"]))
        if found.strip() != (row["program"] or "").strip():
            wrong.append(row["name"])
    assert wrong == []


def test_marks_inside_a_program_are_no_marks() -> None:
    program = 'tag = input()\nprint("<think>" + tag + "</think>", "<answer>")\n'
    assert without_thoughts("<think>hm</think>x").strip() == "x"
    assert list(finals(program)) == []

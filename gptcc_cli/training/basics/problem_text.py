"""A task and random numbers -> a statement in one of the usual layouts, solutions and tests."""

import random
import re
import textwrap
from collections.abc import Callable
from typing import Any

from gptcc_cli.problem import IOTest
from gptcc_cli.training.basics.shapes import SHAPES, InputShape
from gptcc_cli.training.basics.task import BasicTask
from gptcc_cli.training.problems import TrainingProblem

_N_TESTS = 6


def write_problem(task: BasicTask, rng: random.Random, *, id: str) -> TrainingProblem:
    """Write one problem about a task.

    Args:
        task: what to compute.
        rng: draws wording, layout, samples, tests and the solutions' style.
        id: the problem's.
    """
    shape = SHAPES[task.parameters]
    many = shape.repeats and not task.returns_list and rng.random() < 0.3
    reading = rng.choice(shape.reading)
    cases = [_case(task, shape, rng, many) for _ in range(_N_TESTS)]
    samples = cases[: rng.choice([1, 1, 2])]
    statement = _statement(task, shape, rng, samples, many)
    tests = tuple(
        IOTest(name=f"test {number}", input=given, expected=expected)
        for number, (given, expected) in enumerate(cases, 1)
    )
    return TrainingProblem(
        id=id,
        statement=statement,
        solutions=_solutions(task, reading, many, rng),
        tests=tests,
        split="train",
        origin="basics",
    )


def _case(task: BasicTask, shape: InputShape, rng: random.Random, many: bool) -> tuple[str, str]:
    drawn = [shape.make(rng) for _ in range(rng.randint(2, 4) if many else 1)]
    head = [str(len(drawn))] if many else []
    given = "\n".join([*head, *(shape.write(*arguments) for arguments in drawn)]) + "\n"
    answers = [_print(task.function(*arguments)) for arguments in drawn]
    return given, "\n".join(answers) + "\n"


def _print(answer: Any) -> str:
    return " ".join(map(str, answer)) if isinstance(answer, list) else str(answer)


def _statement(
    task: BasicTask,
    shape: InputShape,
    rng: random.Random,
    samples: list[tuple[str, str]],
    many: bool,
) -> str:
    ask = rng.choice(task.wordings)
    given = rng.choice(shape.wordings)
    shown = rng.choice(_SHOWN)
    if many:
        given = f"{rng.choice(_COUNTED)} {rng.choice(_EACH)} {given}"
        shown = rng.choice(_SHOWN_EACH)
    elif rng.random() < 0.2:
        ask, shown = rng.choice(_ABOUT), ask
    if rng.random() < 0.25:
        ask = f"{rng.choice(_BEFORE)} {ask}"
    text = rng.choice(_LAYOUTS)(ask, given, shown, samples)
    if rng.random() < 0.15:
        text += f"\n\n\n\n-----Note-----\n\n{rng.choice(_NOTES)}"
    return text


_SHOWN = (
    "Print the answer.",
    "Output the answer on one line.",
    "Print the answer to the problem.",
    "Write the answer.",
)
_SHOWN_EACH = (
    "For each test case print the answer on its own line.",
    "For every test case, output one line with the answer.",
    "Print t lines: the answers to the test cases.",
)
_COUNTED = (
    "There are several test cases; the first line has their number t.",
    "The input begins with the number of test cases t (t <= 100).",
)
_EACH = ("Each test case is given as follows:", "Then t test cases follow.", "For each test case:")
_ABOUT = ("Read the input and work out what is asked for.", "A simple question about the input.")
_BEFORE = (
    "Nora likes small puzzles, and today she has found a new one.",
    "This is the first task of a contest at a school.",
    "The king asks his wise men a question every morning.",
    "Ben writes his homework on a computer. Help him!",
    "In a far country people like numbers more than anything else.",
    "Your friend has forgotten how to do this, so please write a program.",
    "After a long day at the market old Ivo has one more thing to work out.",
    "Two robots argue about the answer to a simple question.",
)
_NOTES = (
    "The first example shows what the input looks like.",
    "Look at the example: the answer follows from the definition.",
    "The input is never empty.",
)


def _dashed(ask: str, given: str, shown: str, samples: list[tuple[str, str]]) -> str:
    parts = [
        ask,
        "",
        "",
        "-----Input-----",
        "",
        given,
        "",
        "",
        "-----Output-----",
        "",
        shown,
        "",
        "",
    ]
    parts += ["-----Examples-----" if len(samples) > 1 else "-----Example-----"]
    for number, (before, after) in enumerate(samples):
        parts += [""] * (number > 0) + [
            "Input",
            before.rstrip("\n"),
            "",
            "Output",
            after.rstrip("\n"),
        ]
    return "\n".join(parts)


def _sampled(ask: str, given: str, shown: str, samples: list[tuple[str, str]]) -> str:
    parts = [ask, "", "Input", given, "", "Output", shown]
    for number, (before, after) in enumerate(samples, 1):
        mark = f" {number}" if len(samples) > 1 else ""
        parts += ["", f"Sample Input{mark}", before.rstrip("\n")]
        parts += ["", f"Sample Output{mark}", after.rstrip("\n")]
    return "\n".join(parts)


def _plain(ask: str, given: str, shown: str, samples: list[tuple[str, str]]) -> str:
    parts = [f"{ask} {given} {shown}"]
    for number, (before, after) in enumerate(samples, 1):
        parts += [
            "",
            f"Example {number}:",
            "Input:",
            before.rstrip("\n"),
            "",
            "Output:",
            after.rstrip("\n"),
        ]
    return "\n".join(parts)


def _markdown(ask: str, given: str, shown: str, samples: list[tuple[str, str]]) -> str:
    parts = [ask, "", "## Input", "", given, "", "## Output", "", shown]
    for number, (before, after) in enumerate(samples, 1):
        parts += ["", f"### Example {number}", "", "Input", "```", before.rstrip("\n"), "```"]
        parts += ["", "Output", "```", after.rstrip("\n"), "```"]
    return "\n".join(parts)


def _short(ask: str, given: str, shown: str, samples: list[tuple[str, str]]) -> str:
    parts = [ask, given, shown]
    for before, after in samples:
        parts += ["", "Sample Input", before.rstrip("\n"), "", "Sample Output", after.rstrip("\n")]
    return "\n".join(parts)


_LAYOUTS = (_dashed, _dashed, _sampled, _plain, _markdown, _short)


def _solutions(task: BasicTask, reading: str, many: bool, rng: random.Random) -> tuple[str, ...]:
    """Programs in several styles: one expression, statements, a function."""
    star = "*" if task.returns_list else ""
    programs = []
    if task.expression is not None:
        rename = _renaming(task, rng)
        line = rng.choice(["print({0}{1})", "print({0}{1})", "answer = {1}\nprint({0}answer)"])
        programs.append(rename(_main(reading, line.format(star, task.expression), many)))
    if task.steps is not None:
        lines, result = task.steps
        rename = _renaming(task, rng)
        programs.append(rename(_main(reading, f"{lines}\nprint({star}{result})", many)))
    if not programs or rng.random() < 0.2:
        call = f"{task.name}({', '.join(task.parameters)})"
        main = _main(reading, f"print({star}{call})", many)
        programs.append(f"{_plain_source(task)}\n\n\n{main}")
    return tuple(program + "\n" for program in programs)


def _renaming(task: BasicTask, rng: random.Random) -> Callable[[str], str]:
    """Call a list what programs call it: ``a`` is only one of its names."""
    if "a" not in task.parameters or task.parameters == ("a", "b"):
        return str
    name = rng.choice(["a", "a", "numbers", "numbers", "nums", "arr"])
    return lambda program: re.sub(r"\ba\b", name, program)


def _plain_source(task: BasicTask) -> str:
    if task.expression is None or task.steps is not None:
        return task.source
    return f"def {task.name}({', '.join(task.parameters)}):\n    return {task.expression}"


def _main(reading: str, printing: str, many: bool) -> str:
    if not many:
        return f"{reading}\n{printing}"
    body = textwrap.indent(f"{reading}\n{printing}", "    ")
    return f"t = int(input())\nfor _ in range(t):\n{body}"

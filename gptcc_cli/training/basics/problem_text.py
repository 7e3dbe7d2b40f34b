"""A task and random numbers -> a statement in one of the usual layouts, solutions and tests."""

import random
import textwrap
from typing import Any

from gptcc_cli.problem import IOTest
from gptcc_cli.training.basics.shapes import SHAPES, Shape
from gptcc_cli.training.basics.task import Task
from gptcc_cli.training.problems import TrainingProblem

_N_TESTS = 6


def write_problem(task: Task, rng: random.Random, *, id: str) -> TrainingProblem:
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


def _case(task: Task, shape: Shape, rng: random.Random, many: bool) -> tuple[str, str]:
    drawn = [shape.make(rng) for _ in range(rng.randint(2, 4) if many else 1)]
    head = [str(len(drawn))] if many else []
    given = "\n".join([*head, *(shape.write(*arguments) for arguments in drawn)]) + "\n"
    answers = [_print(task.function(*arguments)) for arguments in drawn]
    return given, "\n".join(answers) + "\n"


def _print(answer: Any) -> str:
    return " ".join(map(str, answer)) if isinstance(answer, list) else str(answer)


def _statement(
    task: Task, shape: Shape, rng: random.Random, samples: list[tuple[str, str]], many: bool
) -> str:
    ask = rng.choice(task.wordings)
    given = rng.choice(shape.wordings)
    if many:
        given = f"The first line contains an integer t, the number of test cases. {_EACH} {given}"
    shown = (
        "Print the answer." if not many else "For each test case print the answer on its own line."
    )
    return rng.choice(_LAYOUTS)(ask, given, shown, samples)


_EACH = "Each test case is given as follows:"


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


_LAYOUTS = (_dashed, _dashed, _sampled, _plain, _markdown)


def _solutions(task: Task, reading: str, many: bool, rng: random.Random) -> tuple[str, ...]:
    """The program written with a function, and without where one expression is enough."""
    star = "*" if task.returns_list else ""
    call = f"{task.name}({', '.join(task.parameters)})"
    source = _plain_source(task)
    programs = [f"{source}\n\n\n{_main(reading, f'print({star}{call})', many)}"]
    if task.expression is not None:
        inline = f"print({star}{task.expression})"
        programs.insert(0, _main(reading, inline, many))
        if rng.random() < 0.4:
            named = f"answer = {task.expression}\nprint({star}answer)"
            programs.insert(0, _main(reading, named, many))
    return tuple(program + "\n" for program in programs)


def _plain_source(task: Task) -> str:
    if task.expression is None:
        return task.source
    return f"def {task.name}({', '.join(task.parameters)}):\n    return {task.expression}"


def _main(reading: str, printing: str, many: bool) -> str:
    if not many:
        return f"{reading}\n{printing}"
    body = textwrap.indent(f"{reading}\n{printing}", "    ")
    return f"t = int(input())\nfor _ in range(t):\n{body}"

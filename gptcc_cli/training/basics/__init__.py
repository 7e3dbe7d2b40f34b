"""Basic input and output: problems that gptcc generates itself, with their solutions and tests.

Small models mostly fail at reading the input and printing the answer, so these problems teach
just that, in the layouts statements come in. A task is a plain function (``numbers``, ``lists``,
``texts``); its parameters say which input it takes (``shapes``), its source is the solution, and
calling it gives the expected output. Everything here was written for gptcc; no statement comes
from elsewhere.
"""

import random
from collections.abc import Iterator

from gptcc_cli.training.basics import lists, numbers, texts
from gptcc_cli.training.basics.problem_text import write_problem
from gptcc_cli.training.basics.task import Task, tasks_of
from gptcc_cli.training.problems import TrainingProblem

MODULES = (numbers, lists, texts)


def tasks() -> tuple[Task, ...]:
    """Every task, in the order of the files."""
    return tuple(task for module in MODULES for task in tasks_of(module))


def generate(
    *, variants: int = 6, seed: int = 0, held_out: bool = False
) -> Iterator[TrainingProblem]:
    """Generate problems; the same arguments give the same problems.

    Args:
        variants: problems of one task; they differ in wording, layout, input and style.
        seed: decides them.
        held_out: the tasks that are kept for measuring, instead of the others. Every eighth
            task is held out whole, so that what is measured was not taught in other words.
    """
    for number, task in enumerate(tasks()):
        if (number % 8 == 5) is not held_out:
            continue
        for variant in range(variants):
            rng = random.Random(f"{seed}/{task.name}/{variant}")
            yield write_problem(task, rng, id=f"basics-{task.name}-{variant}")

"""Basic problems that gptcc generates itself, with their solutions and tests.

Small models mostly fail at reading the input and printing the answer. These problems practise
just that, in the usual layouts of statements. The data files in this directory hold the tasks,
phrases and wordings, all written for gptcc; no statement comes from elsewhere.
"""

import random
import zlib
from collections.abc import Iterator

from gptcc_cli.training.basics.corpus import asked_elsewhere, composed_tasks, tasks
from gptcc_cli.training.basics.inputs import input_shapes
from gptcc_cli.training.basics.statements import (
    can_be_function,
    write_function_problem,
    write_problem,
)
from gptcc_cli.training.problems import TrainingProblem

__all__ = ["asked_elsewhere", "composed_tasks", "generate", "input_shapes", "tasks"]


def generate(
    *, variants: int = 6, seed: int = 0, held_out: bool = False
) -> Iterator[TrainingProblem]:
    """Generate problems; the same arguments give the same problems.

    Args:
        variants: Problems per task, half as many per composed task. They differ in wording,
            layout, input and style. Every fifth also comes as a function to write.
        seed: Determines the problems.
        held_out: Generate the tasks that are reserved for measuring instead of the others. Every
            eighth task is held out with all its variants, so that no model was trained on what is
            measured in other words.
    """
    written = [(task, number % 8 == 5, variants) for number, task in enumerate(tasks())]
    names = {task.name for task in tasks()}
    composed = [
        (task, zlib.crc32(task.name.encode()) % 8 == 5, (variants + 1) // 2)
        for task in composed_tasks()
        if task.name not in names
    ]
    for task, reserved, n_variants in written + composed:
        if (reserved or task.name in asked_elsewhere()) is not held_out:
            continue
        for variant in range(n_variants):
            rng = random.Random(f"{seed}/{task.name}/{variant}")
            yield write_problem(task, rng, id=f"basics-{task.name}-{variant}")
            if rng.random() < 0.2 and can_be_function(task):
                yield write_function_problem(task, rng, id=f"basics-{task.name}-{variant}f")

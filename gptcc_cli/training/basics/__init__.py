"""Basic input and output: problems that gptcc generates itself, with their solutions and tests.

Small models mostly fail at reading the input and printing the answer, so these problems teach
just that, in the layouts statements come in. A task is a plain function (``numbers``, ``lists``,
``texts``, ``number_stories``, ``list_stories``), or put together from phrases (``composed``); its
parameters say which input it takes (``shapes``), its source is the solution, and calling it gives
the expected output. Everything here was written for gptcc; no statement comes from elsewhere.
"""

import random
import zlib
from collections.abc import Iterator

from gptcc_cli.training.basics import list_stories, lists, number_stories, numbers, texts
from gptcc_cli.training.basics.composed import composed_tasks
from gptcc_cli.training.basics.function_text import can_be_function, write_function_problem
from gptcc_cli.training.basics.problem_text import write_problem
from gptcc_cli.training.basics.task import BasicTask, tasks_of
from gptcc_cli.training.problems import TrainingProblem

MODULES = (numbers, lists, texts, number_stories, list_stories)

ASKED_ELSEWHERE = frozenset(
    (
        "add", "binary", "different_characters", "distinct", "drop_repeated", "drop_vowels",
        "greatest_common_divisor", "is_sorted", "keep_once", "keep_positive", "largest_of_three",
        "length", "letter_count_vowel", "letter_drop_vowel", "longest_word", "maximum",
        "palindrome", "primality", "squares_odd", "sum_to", "swap_case", "vowels",
    )
)  # fmt: skip
"""Tasks that HumanEval asks too, in other words: they are never taught, but held out."""


def tasks() -> tuple[BasicTask, ...]:
    """Every task that was written by hand, in the order of the files."""
    return tuple(task for module in MODULES for task in tasks_of(module))


def generate(
    *, variants: int = 6, seed: int = 0, held_out: bool = False
) -> Iterator[TrainingProblem]:
    """Generate problems; the same arguments give the same problems.

    Args:
        variants: problems of one task, half as many of a composed one; they differ in wording,
            layout, input and style. Every fifth is also put as a function to write.
        seed: decides them.
        held_out: the tasks that are kept for measuring, instead of the others. Every eighth
            task is held out whole, so that what is measured was not taught in other words.
    """
    written = [(task, number % 8 == 5, variants) for number, task in enumerate(tasks())]
    composed = [
        (task, zlib.crc32(task.name.encode()) % 8 == 5, (variants + 1) // 2)
        for task in composed_tasks()
        if task.name not in {one.name for one, _, _ in written}
    ]
    for task, kept, n_variants in written + composed:
        if (kept or task.name in ASKED_ELSEWHERE) is not held_out:
            continue
        for variant in range(n_variants):
            rng = random.Random(f"{seed}/{task.name}/{variant}")
            yield write_problem(task, rng, id=f"basics-{task.name}-{variant}")
            if rng.random() < 0.2 and can_be_function(task):
                yield write_function_problem(task, rng, id=f"basics-{task.name}-{variant}f")

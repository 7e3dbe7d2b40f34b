"""The published HumanEval completions of gpt-neo-125M-apps, as completions of ours.

Used by a test and by a benchmark; the data is not part of the project.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gptcc_cli.generation import Completion, Finish
from gptcc_cli.problem import Mode, Problem
from gptcc_cli.prompting import Prompt
from tests.programs import TEMPLATE


def humaneval(shared: Path) -> dict[str, dict[str, Any]]:
    """The problems of HumanEval by their id."""
    with gzip.open(shared / "data" / "HumanEval.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return {row["task_id"]: row for row in rows}


def seed_samples(shared: Path) -> Iterator[tuple[Problem, Completion, str]]:
    """Each published completion with its problem, and how it was judged when published.

    The prompt that most of them repeat is removed: 1,490 repeat it exactly, the others with
    blanks changed by the decoder's clean-up. All of them end at the token budget.
    """
    rows = humaneval(shared)
    path = shared / "data" / "seed-model-samples" / "results.jsonl"
    for index, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        sample = json.loads(line)
        row = rows[sample["task_id"]]
        given = row["prompt"]
        problem = Problem(
            id=sample["task_id"],
            statement=given,
            mode=Mode.CALL,
            starter_code=given,
            entry_point=row["entry_point"],
        )
        completion = Completion(
            prompt=Prompt(text=given, template=TEMPLATE, n_tokens=0, prefix=given),
            index=index,
            text=without_prompt(sample["completion"], given),
            n_tokens=0,
            finish=Finish.LENGTH,
            mean_logprob=None,
            temperature=0.8,
            seed=0,
        )
        yield problem, completion, sample["result"]


def without_prompt(completion: str, prompt: str) -> str:
    """Remove the prompt a completion begins with, whatever became of its blanks."""
    if completion.startswith(prompt):
        return completion[len(prompt) :]
    place = 0
    for character in "".join(prompt.split()):
        while completion[place].isspace():
            place += 1
        if completion[place] != character:
            return completion
        place += 1
    return completion[place:].removeprefix("\n")

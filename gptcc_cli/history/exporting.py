"""A kept run as lines of JSON that ``solve --replay`` and ``grade`` read.

A line has the completion's text, by which it is replayed, and the program made of it, by which
it is graded. ``index`` counts in the order of arrival: candidates that were never finished leave
no gap. There is no header: lines of several runs may stand in one file.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace

from gptcc_cli.extraction import extract
from gptcc_cli.generation import Completion, completion_record
from gptcc_cli.history.runs import KeptRun


def export_lines(
    run: KeptRun, completions: Iterable[Completion], *, first_index: int = 0
) -> Iterator[str]:
    """Yield a line for each completion.

    Args:
        run: the run.
        completions: in the order of arrival.
        first_index: the first line's index, where other lines of this problem stand before it.
    """
    verdicts = {index: one.verdict for one in run.programs for index in one.indexes}
    for index, completion in enumerate(completions, start=first_index):
        record = {
            "run": run.summary.id,
            "problem": run.problem.id,
            "number": completion.index,
            "round": completion.prompt.round,
            "verdict": verdicts.get(completion.index),
            "solution": extract(completion, run.problem).source,
            **completion_record(replace(completion, index=index)),
        }
        yield json.dumps(record) + "\n"

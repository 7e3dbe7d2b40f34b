"""What was solved before: every run of ``gptcc solve`` in one SQLite file.

Covers writing runs while they go on, reading them back, and the file's form through its
migrations. Prints nothing, runs no program and no model.
"""

from gptcc_cli.history.exporting import export_lines
from gptcc_cli.history.opening import open_history, reading
from gptcc_cli.history.place import default_place, place_of
from gptcc_cli.history.pruning import prunable, remove_runs, shrink
from gptcc_cli.history.recorder import Recorder, RunLog
from gptcc_cli.history.replaying import Difference, Recorded, differences, text_differences
from gptcc_cli.history.runs import (
    KeptProgram,
    KeptRun,
    Result,
    RunSummary,
    completions_of,
    find_run,
    known_ids,
    list_runs,
    requests_of,
)
from gptcc_cli.history.searching import search_runs
from gptcc_cli.history.sheet import Beginning

__all__ = [
    "Beginning",
    "Difference",
    "KeptProgram",
    "KeptRun",
    "Recorded",
    "Recorder",
    "Result",
    "RunLog",
    "RunSummary",
    "completions_of",
    "default_place",
    "differences",
    "export_lines",
    "find_run",
    "known_ids",
    "list_runs",
    "open_history",
    "place_of",
    "prunable",
    "reading",
    "remove_runs",
    "requests_of",
    "search_runs",
    "shrink",
    "text_differences",
]

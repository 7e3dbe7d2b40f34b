"""Past runs: every run of ``gptcc solve``, recorded in one SQLite file.

Covers recording runs while they go on, reading them back, and the file's schema through its
migrations. Prints nothing and runs neither programs nor models.
"""

from gptcc_cli.history.database import (
    default_history_path,
    history_path,
    open_for_reading,
    open_history,
)
from gptcc_cli.history.recorder import Recorder, RunLog, open_run_log
from gptcc_cli.history.replay import (
    Difference,
    RunReplay,
    compare_run,
    compare_texts,
    export_lines,
)
from gptcc_cli.history.run_writer import RunStart
from gptcc_cli.history.runs import (
    RecordedProgram,
    RecordedResult,
    RecordedRun,
    RunSummary,
    completions_of,
    find_run,
    list_runs,
    prunable_runs,
    remove_runs,
    requests_of,
    search_runs,
    vacuum,
)

__all__ = [
    "Difference",
    "RecordedProgram",
    "RecordedResult",
    "RecordedRun",
    "Recorder",
    "RunLog",
    "RunReplay",
    "RunStart",
    "RunSummary",
    "compare_run",
    "compare_texts",
    "completions_of",
    "default_history_path",
    "export_lines",
    "find_run",
    "history_path",
    "list_runs",
    "open_for_reading",
    "open_history",
    "open_run_log",
    "prunable_runs",
    "remove_runs",
    "requests_of",
    "search_runs",
    "vacuum",
]

"""A repository of problems and solutions: which file belongs to which, what was checked before.

Covers finding problems on disk, mapping solutions, statements and tests to one another, results
of checks kept by content, and the files that ``gptcc init`` and ``gptcc new`` write. Reads no
statement and runs no program: a check whose answer is known must cost milliseconds, so nothing
here imports the rooms that do.
"""

from gptcc_cli.workspace.changes import changed_files
from gptcc_cli.workspace.mapping import (
    Assignment,
    all_assignments,
    assignments_of,
    contents_of,
    is_skipped,
    problem_places,
    unsolved_places,
)
from gptcc_cli.workspace.outcomes import CaseOutcome, Outcome
from gptcc_cli.workspace.results import ResultStore, digest

__all__ = [
    "Assignment",
    "CaseOutcome",
    "Outcome",
    "ResultStore",
    "all_assignments",
    "assignments_of",
    "changed_files",
    "contents_of",
    "digest",
    "is_skipped",
    "problem_places",
    "unsolved_places",
]

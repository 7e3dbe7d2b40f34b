"""A repository of problems and solutions: which file belongs to which, what was checked before.

Covers finding problems on disk, mapping solutions, statements and tests to one another, the cache
of check results, and the files that ``gptcc init`` and ``gptcc new`` write. Reads no statement and
runs no program: a cached check must take milliseconds, so nothing here imports the packages that
do.
"""

from gptcc_cli.workspace.mapping import (
    Assignment,
    all_assignments,
    assignments_of,
    changed_files,
    contents_of,
    is_skipped,
    problem_places,
    unsolved_places,
)
from gptcc_cli.workspace.results import CaseOutcome, CheckOutcome, ResultStore, digest

__all__ = [
    "Assignment",
    "CaseOutcome",
    "CheckOutcome",
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

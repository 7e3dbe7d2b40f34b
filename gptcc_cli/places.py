"""Where files are: gptcc's cache, and the statement in a problem's directory.

Here because a cached check needs both and must not import the packages that read statements or
models.
"""

import os
from pathlib import Path

STATEMENT_NAMES = (
    "question.txt", "problem.md", "problem.txt", "problem.html", "statement.md",
    "statement.txt", "statement.html",
)  # fmt: skip
"""Names of that file, the first that exists wins."""


def cache_directory() -> Path:
    """Return ``GPTCC_CACHE``, or the platform's cache directory for gptcc; it may not exist yet."""
    wanted = os.environ.get("GPTCC_CACHE")
    if wanted:
        return Path(wanted).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_cache_dir("gptcc"))


def statement_file(directory: Path) -> Path | None:
    """Return the file with the statement, if there is one."""
    names = (directory / name for name in STATEMENT_NAMES)
    return next((path for path in names if path.is_file()), None)

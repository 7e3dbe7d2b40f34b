"""Where the history lies, and who may read it: its owner alone.

A file of its own mode (0600) in a directory of gptcc's own (0700), among what the platform keeps
of a user's state: ``~/.local/state/gptcc`` on Linux, or ``XDG_STATE_HOME``.
"""

import contextlib
import os
from pathlib import Path

from gptcc_cli.errors import HistoryError

NAME = "history.sqlite"


def default_place() -> Path:
    """Return where the user's history lies unless something else is asked; may not exist yet."""
    import platformdirs

    return Path(platformdirs.user_state_dir("gptcc", appauthor=False)) / NAME


def place_of(asked: Path | None) -> Path:
    """Return the file asked for, or the default; ``~`` is the user's home directory."""
    return default_place() if asked is None else asked.expanduser().absolute()


def make_private(path: Path) -> None:
    """Make an empty file only its owner can read, unless there is a file already.

    Directories that are missing are made for the owner alone. SQLite gives the files it puts
    beside this one the same mode.

    Raises:
        HistoryError: it can't be made.
    """
    try:
        for directory in reversed([one for one in path.parents if not one.exists()]):
            with contextlib.suppress(FileExistsError):
                directory.mkdir(mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise HistoryError(
            f"the history {str(path)!r} can't be written: {(error.strerror or 'error').lower()}",
            hint="choose another place with --history, or do without: --no-log",
        ) from error

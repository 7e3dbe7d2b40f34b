"""Which files differ from the last commit, by git's own word."""

import subprocess
from pathlib import Path

from gptcc_cli.errors import UsageError


def changed_files(root: Path) -> tuple[Path, ...]:
    """Return the files that differ from the last commit, or that git does not know yet.

    Args:
        root: a directory of the repository; files below it are returned.

    Raises:
        UsageError: it is not in a git repository, or git is not there.
    """
    tracked = _git(root, "status", "--porcelain=v1", "-z", "--untracked-files=all", "--", ".")
    top = Path(_git(root, "rev-parse", "--show-toplevel").rstrip("\n"))
    entries = iter(tracked.split("\0"))
    names = []
    for entry in entries:
        if not entry:
            continue
        if entry[0] in "RC":
            next(entries, None)
        names.append(entry[3:])
    return tuple(path for name in names if (path := top / name).is_file())


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, check=False
        )
    except FileNotFoundError:
        raise UsageError(
            "--changed-only asks git, and git is not installed", hint="leave --changed-only out"
        ) from None
    if done.returncode:
        raise UsageError(
            f"--changed-only asks git, and {str(root)!r} is in no git repository",
            hint="leave --changed-only out, or begin one with: git init",
        )
    return done.stdout.decode("utf-8", "surrogateescape")

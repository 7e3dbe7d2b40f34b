"""Files that are whole or not there.

What is written goes aside first, into the same directory, and gets its name when all of it is
there: whoever looks, or pulls the plug, finds the old file or the new one. Not covered: locks, and
directories as a whole (``models.cache``, ``training.checkpoints``).
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gptcc_cli.errors import OutputError


@contextmanager
def written_aside(path: Path, *, durable: bool = False) -> Iterator[Path]:
    """Give a place to write to, which gets its name when the block ends without an error.

    A file that is replaced keeps its permissions, and a link to it stays a link. What is no
    regular file, such as a pipe or ``/dev/null``, is given as it is.

    Args:
        path: the name; its directory must be there.
        durable: whether the text is on the disk before it has its name.

    Raises:
        OSError: the file can't be made or renamed, or what the block raises.
    """
    before = _state(path)
    if before is not None and not stat.S_ISREG(before.st_mode):
        yield path
        return
    target = path.resolve() if path.is_symlink() else path
    aside = target.with_name(f".gptcc-{os.urandom(8).hex()}")
    os.close(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    try:
        if before is not None:
            aside.chmod(stat.S_IMODE(before.st_mode))
        yield aside
        if durable:
            flush(aside)
        aside.replace(target)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def write_whole(
    path: Path,
    content: str | bytes,
    *,
    hint: str | None = None,
    make_parents: bool = False,
    durable: bool = False,
) -> None:
    """Write a file under its name, whole or not at all.

    Args:
        path: the name.
        content: bytes, or text that becomes UTF-8 (bytes that were read with ``surrogateescape``
            come out as they were).
        hint: of the error.
        make_parents: whether directories are made for it.
        durable: whether it is on the disk before it has its name.

    Raises:
        OutputError: it can't be written.
    """
    data = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
    with explained(path, hint=hint):
        if make_parents:
            path.parent.mkdir(parents=True, exist_ok=True)
        with written_aside(path, durable=durable) as aside:
            aside.write_bytes(data)


@contextmanager
def explained(path: Path, *, hint: str | None = None) -> Iterator[None]:
    """Say in a sentence why a file can't be written.

    Raises:
        OutputError: the block raised an ``OSError``.
    """
    try:
        yield
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise OutputError(f"{str(path)!r} can't be written: {reason}", hint=hint) from error


def _state(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def flush(path: Path) -> None:
    """Wait until a file or a directory has reached the disk.

    Raises:
        OSError: it can't be opened, or the disk fails.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

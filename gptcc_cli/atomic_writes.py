"""Atomic file writes: a reader finds the old content or the new one, never a part of it.

Content goes to a temporary file in the same directory, which is renamed when it is complete; a
crash or a power failure leaves the old file. Does not cover locks, nor whole directories
(``models.cache``, ``training.checkpoints``).
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gptcc_cli.errors import OutputError


@contextmanager
def atomic_path(path: Path, *, durable: bool = False) -> Iterator[Path]:
    """Provide a temporary path that replaces ``path`` if the block ends without an error.

    A file that is replaced keeps its permissions, and a symbolic link to it stays a link. If
    ``path`` is not a regular file, such as a pipe or ``/dev/null``, it is provided itself.

    Args:
        path: the file to write; its directory must exist.
        durable: whether to flush the content to the disk before the rename.

    Raises:
        OSError: the file can't be created or renamed, or the block raises.
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
            flush_to_disk(aside)
        aside.replace(target)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def write_atomically(
    path: Path,
    content: str | bytes,
    *,
    hint: str | None = None,
    make_parents: bool = False,
    durable: bool = False,
) -> None:
    """Write a file atomically.

    Args:
        path: the file to write.
        content: bytes, or text to encode as UTF-8 (bytes that were read with ``surrogateescape``
            are written back unchanged).
        hint: the hint of the error.
        make_parents: whether to create missing directories.
        durable: whether to flush the content to the disk before the rename.

    Raises:
        OutputError: the file can't be written.
    """
    data = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
    with output_errors(path, hint=hint):
        if make_parents:
            path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(path, durable=durable) as aside:
            aside.write_bytes(data)


@contextmanager
def output_errors(path: Path, *, hint: str | None = None) -> Iterator[None]:
    """Turn an ``OSError`` of the block into one sentence that names the file.

    Raises:
        OutputError: the block raised an ``OSError``.
    """
    try:
        yield
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise OutputError(f"{str(path)!r} can't be written: {reason}", hint=hint) from error


def make_directory(directory: Path) -> None:
    """Create a directory, and those above it, unless it exists.

    Raises:
        OutputError: it can't be created.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"directory {str(directory)!r} can't be created: {error.strerror}",
            hint="choose another directory",
        ) from error


def _state(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def flush_to_disk(path: Path) -> None:
    """Flush a file or a directory to the disk.

    Raises:
        OSError: it can't be opened, or the disk fails.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

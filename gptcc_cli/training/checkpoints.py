"""Checkpoints that are whole or not there: written aside, flushed, then renamed.

A run can be killed at any moment, and its disk can fill. A directory called ``checkpoint-N`` is
complete by construction; whatever else lies beside it was being written, and is removed when the
next run starts. Does not know what is in a checkpoint: the trainer fills it.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gptcc_cli.atomic_writes import flush_to_disk
from gptcc_cli.errors import TrainingError

_NAME = re.compile(r"checkpoint-(\d+)")
_ASIDE = ".writing"


class CheckpointStore:
    """The checkpoints of one run, in a directory of their own."""

    def __init__(self, directory: Path) -> None:
        """Take the directory; it is made when something is first written."""
        self.directory = directory

    @property
    def aside(self) -> Path:
        """Where the next checkpoint is written before it is one."""
        return self.directory / _ASIDE

    def path(self, update: int) -> Path:
        """Where the checkpoint of an update is, or would be."""
        return self.directory / f"checkpoint-{update}"

    def updates(self) -> tuple[int, ...]:
        """The updates that have a checkpoint, in order."""
        if not self.directory.is_dir():
            return ()
        found = (_NAME.fullmatch(path.name) for path in self.directory.iterdir())
        return tuple(sorted(int(name[1]) for name in found if name))

    def last(self) -> Path | None:
        """The newest checkpoint; ``None``: there is none."""
        updates = self.updates()
        return self.path(updates[-1]) if updates else None

    def clean(self) -> bool:
        """Remove what was being written when a run was killed; say whether there was any."""
        if not self.aside.exists():
            return False
        shutil.rmtree(self.aside)
        return True

    def publish(self, update: int) -> None:
        """Make a checkpoint of what lies aside, after it has reached the disk."""
        written = self.aside / f"checkpoint-{update}"
        flush_tree(written)
        target = self.path(update)
        if target.exists():
            shutil.rmtree(target)
        written.replace(target)
        flush_to_disk(self.directory)
        shutil.rmtree(self.aside, ignore_errors=True)

    def thin(self, *, keep: int, best: int | None) -> None:
        """Remove all but the newest and the best checkpoint.

        Args:
            keep: how many of the newest stay.
            best: the update whose checkpoint also stays.
        """
        for update in self.updates()[:-keep]:
            if update != best:
                shutil.rmtree(self.path(update), ignore_errors=True)

    @contextmanager
    def explained(self, update: int) -> Iterator[None]:
        """Turn a failure to write into a sentence, and leave nothing half-written.

        Raises:
            TrainingError: the disk is full or can't be written.
        """
        from safetensors import SafetensorError

        try:
            yield
        except (OSError, SafetensorError, RuntimeError) as error:
            if not _is_writing(error):
                raise
            reason = _reason(error, self.directory)
            shutil.rmtree(self.aside, ignore_errors=True)
            last = self.last()
            safe = f"{last.name} is whole" if last else "there is none before it"
            raise TrainingError(
                f"the checkpoint of update {update} can't be written to {self.directory}: "
                f"{reason}; {safe}",
                hint="free some space, then give the same command again: it goes on from there",
            ) from error


def flush_tree(directory: Path) -> None:
    """Wait until a directory's files have reached the disk."""
    for path in (*directory.rglob("*"), directory):
        flush_to_disk(path)


def _is_writing(error: Exception) -> bool:
    # torch raises RuntimeError for a failed write, and for everything else too.
    text = str(error)
    return not isinstance(error, RuntimeError) or any(
        mark in text for mark in ("PytorchStreamWriter", "unexpected pos", "basic_ios", "iostream")
    )


def _reason(error: Exception, directory: Path) -> str:
    if shutil.disk_usage(directory).free < 1 << 20:
        return "no space left on the disk"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return (str(error).strip() or type(error).__name__).splitlines()[0]

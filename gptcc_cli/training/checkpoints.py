"""Atomic checkpoints: written to another directory, flushed, then renamed.

A run can be killed at any moment, and its disk can fill. A directory called ``checkpoint-N`` is
always complete; an incomplete one has another name and is removed when the next run starts. Does
not know what is in a checkpoint: the trainer writes it.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gptcc_cli.atomic_writes import flush_to_disk
from gptcc_cli.errors import TrainingError

_NAME = re.compile(r"checkpoint-(\d+)")
_INCOMPLETE = ".writing"


class CheckpointStore:
    """The checkpoints of one run, in a directory of their own."""

    def __init__(self, directory: Path) -> None:
        """Use a directory; it is created by the first write."""
        self.directory = directory

    @property
    def incomplete(self) -> Path:
        """Where the next checkpoint is written."""
        return self.directory / _INCOMPLETE

    def path(self, update: int) -> Path:
        """Return the path of the checkpoint of an update, whether or not it exists."""
        return self.directory / f"checkpoint-{update}"

    def updates(self) -> tuple[int, ...]:
        """Return the updates that have a checkpoint, in order."""
        if not self.directory.is_dir():
            return ()
        found = (_NAME.fullmatch(path.name) for path in self.directory.iterdir())
        return tuple(sorted(int(name[1]) for name in found if name))

    def last(self) -> Path | None:
        """Return the newest checkpoint; ``None`` if there is none."""
        updates = self.updates()
        return self.path(updates[-1]) if updates else None

    def clean(self) -> None:
        """Remove the incomplete checkpoint of a run that was killed."""
        if self.incomplete.exists():
            shutil.rmtree(self.incomplete)

    def publish(self, update: int) -> None:
        """Flush the incomplete checkpoint to the disk and give it its name."""
        written = self.incomplete / f"checkpoint-{update}"
        for path in (*written.rglob("*"), written):
            flush_to_disk(path)
        target = self.path(update)
        if target.exists():
            shutil.rmtree(target)
        written.replace(target)
        flush_to_disk(self.directory)
        shutil.rmtree(self.incomplete, ignore_errors=True)

    def prune(self, *, keep: int, best: int | None) -> None:
        """Remove all but the newest checkpoints and the best.

        Args:
            keep: How many of the newest to keep.
            best: The update whose checkpoint to keep as well.
        """
        for update in self.updates()[:-keep]:
            if update != best:
                shutil.rmtree(self.path(update), ignore_errors=True)

    @contextmanager
    def explaining_failures(self, update: int) -> Iterator[None]:
        """Remove the incomplete checkpoint and explain the error if writing it fails.

        Raises:
            TrainingError: The disk is full or can't be written.
        """
        from safetensors import SafetensorError

        try:
            yield
        except (OSError, SafetensorError, RuntimeError) as error:
            if not _is_write_error(error):
                raise
            reason = _reason(error, self.directory)
            shutil.rmtree(self.incomplete, ignore_errors=True)
            last = self.last()
            rest = f"{last.name} is complete" if last else "there is no earlier one"
            raise TrainingError(
                f"the checkpoint of update {update} can't be written to {self.directory}: "
                f"{reason}; {rest}",
                hint="free some space, then run the same command again to resume",
            ) from error


def _is_write_error(error: Exception) -> bool:
    # torch raises RuntimeError for a failed write as for everything else.
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

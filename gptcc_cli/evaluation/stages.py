"""A file that grows by whole problems, and goes on where it was broken off.

A header line says everything needed to repeat the stage; after it come the lines of one problem
after another, in the order of the plan. Because the order is fixed and a problem's lines are
written at once, a run that was killed at any moment and resumed gives the same file as one that
was not: what is torn at the end is cut off and made again. Damage anywhere else is refused with
its place, and so is a header with other settings.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Self

from gptcc_cli.errors import OutputError, UsageError

Record = Mapping[str, Any]
"""One line, as JSON has it; every line but the header names its ``problem`` and ``index``."""

_SYNC_EVERY_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """The lines of one problem in a stage's file."""

    problem: str
    """The problem's id."""
    indexes: tuple[int, ...]
    """The numbers of its completions, in the order of their lines."""


def line_of(record: Record) -> bytes:
    """One record as one line; the same record is the same bytes."""
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass") + b"\n"


def read_header(path: Path) -> dict[str, Any]:
    """Return the header of a stage's file.

    Raises:
        UsageError: the file is missing, or its first line is not a header.
    """
    try:
        with path.open("rb") as file:
            first = file.readline()
    except OSError as error:
        raise UsageError(
            f"{str(path)!r} can't be read: {error.strerror}", hint="name the directory of a run"
        ) from error
    header = _parse(first)
    if header is None or "schema" not in header:
        raise UsageError(f"{str(path)!r} has no header line", hint="name the directory of a run")
    return header


def read_records(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines after the header, one at a time.

    Raises:
        UsageError: a line is damaged; its number is named.
    """
    with path.open("rb") as file:
        file.readline()
        for number, line in enumerate(file, start=2):
            record = _parse(line)
            if record is None:
                raise UsageError(
                    f"{str(path)!r} line {number} is damaged", hint="run the same command again"
                )
            yield record


class StageWriter:
    """Appends units to a stage's file. One process at a time holds it."""

    def __init__(self, path: Path, header: Record, units: Sequence[Unit]) -> None:
        """Open the file, repair its end, and find out how much is there.

        Args:
            path: the file; made if it is not there.
            header: what the stage is made with; must be what the file was begun with.
            units: every unit of the stage, in order.

        Raises:
            UsageError: the file was begun with other settings, or is damaged before its end.
            OutputError: it can't be written, or another process is writing it.
        """
        self._path = path
        self._units = units
        self._lock = _lock(path)
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError as error:
            self._lock.release()
            raise OutputError(f"{str(path)!r} can't be written: {error.strerror}") from error
        with ExitStack() as unless_it_opens:
            unless_it_opens.callback(self.close)
            self.n_done, end = _resume(path, header, units)
            os.ftruncate(self._fd, end)
            os.lseek(self._fd, end, os.SEEK_SET)
            if end == 0:
                self._write(line_of(header))
            unless_it_opens.pop_all()
        self._synced_s = monotonic()

    def append(self, records: Sequence[Record]) -> None:
        """Write the lines of the next unit at once.

        Raises:
            OutputError: they can't be written.
        """
        unit = self._units[self.n_done]
        named = tuple((record["problem"], record["index"]) for record in records)
        assert named == tuple((unit.problem, index) for index in unit.indexes), (unit, named)
        self._write(b"".join(map(line_of, records)))
        self.n_done += 1
        if monotonic() - self._synced_s > _SYNC_EVERY_S:
            os.fsync(self._fd)
            self._synced_s = monotonic()

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._fd, view) :]
        except OSError as error:
            raise OutputError(
                f"{str(self._path)!r} can't be written: {error.strerror}",
                hint="make room and run the same command again: it goes on where it was",
            ) from error

    def close(self) -> None:
        """Make what was written last, and let others write. A second call does nothing."""
        if self._fd >= 0:
            os.fsync(self._fd)
            os.close(self._fd)
            self._fd = -1
            self._lock.release()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()


def _lock(path: Path) -> Any:
    from filelock import FileLock, Timeout

    lock = FileLock(path.with_name(f".{path.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise OutputError(
            f"{str(path)!r} is being written by another process",
            hint="wait for it, or choose another --output",
        ) from error
    except OSError as error:
        raise OutputError(f"{str(path)!r} can't be written: {error.strerror}") from error
    return lock


def _resume(path: Path, header: Record, units: Sequence[Unit]) -> tuple[int, int]:
    """Return how many units are whole, and where the last of them ends."""
    with path.open("rb") as file:
        first = file.readline()
        found = _parse(first)
        if found is None:
            if first.endswith(b"\n") and file.readline():
                raise _damaged(path, 1)
            return 0, 0
        _refuse_other(path, found, json.loads(line_of(header)))
        return _whole_units(path, file, len(first), units)


def _whole_units(path: Path, file: Any, offset: int, units: Sequence[Unit]) -> tuple[int, int]:
    end, n_done, number = offset, 0, 1
    for unit in units:
        for index in unit.indexes:
            line = file.readline()
            number += 1
            offset += len(line)
            record = _parse(line)
            if record is None:
                if file.readline():
                    raise _damaged(path, number)
                return n_done, end
            if (record.get("problem"), record.get("index")) != (unit.problem, index):
                raise UsageError(
                    f"{str(path)!r} line {number} is of {record.get('problem')!r} number "
                    f"{record.get('index')}, where {unit.problem!r} number {index} belongs",
                    hint="choose another --output, or remove the file to begin anew",
                )
        n_done, end = n_done + 1, offset
    rest = file.readline()
    if _parse(rest) is not None or (rest and file.readline()):
        raise UsageError(
            f"{str(path)!r} goes on after its last problem, at line {number + 1}",
            hint="choose another --output, or remove the file to begin anew",
        )
    return n_done, end


def _damaged(path: Path, number: int) -> UsageError:
    return UsageError(
        f"{str(path)!r} line {number} is damaged, and it is not the last one",
        hint=f"cut the file before it: head -n {number - 1}; the rest will be made again",
    )


def _refuse_other(path: Path, found: Record, wanted: Record) -> None:
    differing = sorted(
        name for name in {*found, *wanted} if found.get(name, None) != wanted.get(name, None)
    )
    if differing:
        name = differing[0]
        raise UsageError(
            f"{str(path)!r} was made with other settings: {', '.join(differing)} "
            f"({name} was {_short(found.get(name))}, now {_short(wanted.get(name))})",
            hint="choose another --output, or repeat the settings it was begun with",
        )


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


def _parse(line: bytes) -> dict[str, Any] | None:
    """A line that is whole and an object, else ``None``."""
    if not line.endswith(b"\n"):
        return None
    try:
        value = json.loads(line.decode("utf-8", "surrogatepass"))
    except ValueError:
        return None
    return value if isinstance(value, dict) else None

"""The history, opened from options: every run is kept in it unless ``--no-log`` says otherwise."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gptcc_cli
from gptcc_cli.cli.collaborators.writer import Writer
from gptcc_cli.cli.intake import Task
from gptcc_cli.console import Reporter
from gptcc_cli.generation import Sampling
from gptcc_cli.history import Recorder, RunLog, RunStart, history_path, open_run_log
from gptcc_cli.options.solve_config import SolveConfig

if TYPE_CHECKING:
    from gptcc_cli.cli.solve_wish import SolveWish

_OF_NO_MATTER = frozenset(
    {"problems", "output", "save_all", "fill", "show_samples", "as_json", "quiet", "verbose"}
    | {"tests", "starter", "log", "history"}
)
"""Options that change nothing about what is written and judged, or whose content is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """Where the runs of a command are kept; without a recorder they are not."""

    recorder: Recorder | None
    wish: "SolveWish"
    writer: Writer
    reporter: Reporter

    @contextmanager
    def keep(self, task: Task, sampling: Sampling) -> Iterator[RunLog]:
        """Record the run of a block; an error in it is recorded and raised again."""
        with open_run_log(self.recorder, self._start(task, sampling)) as log:
            if log.id is not None:
                self.reporter.debug(f"run {log.id}")
            yield log

    def _start(self, task: Task, sampling: Sampling) -> RunStart:
        return RunStart(
            problem=task.problem,
            origin=task.origin,
            tests=task.tests,
            n_tests=0 if self.wish.no_check else len(task.verifying),
            config=SolveConfig.from_settings_v0(
                {**settings_of(self.wish), "sampling": _plain(sampling)}
            ),
            model=self.writer.generator.name,
            provenance=_provenance(self.writer),
            version=gptcc_cli.__version__,
        )


@contextmanager
def open_log(wish: "SolveWish", writer: Writer, reporter: Reporter) -> Iterator[Log]:
    """Keep the runs of a block in the history; one that can't be written costs a warning."""
    if not wish.log:
        yield Log(recorder=None, wish=wish, writer=writer, reporter=reporter)
        return
    recorder = Recorder(history_path(wish.history))
    try:
        yield Log(recorder=recorder, wish=wish, writer=writer, reporter=reporter)
    finally:
        recorder.close()
        if recorder.error is not None:
            reporter.warn(recorder.error.message, hint=recorder.error.hint)


def settings_of(wish: "SolveWish") -> dict[str, Any]:
    """Return the options that decide what is written and how it is judged, as JSON has them."""
    return {
        field.name: _plain(getattr(wish, field.name))
        for field in fields(wish)
        if field.name not in _OF_NO_MATTER
    }


def _provenance(writer: Writer) -> Mapping[str, Any]:
    loaded = writer.loaded
    if loaded is None:
        return {"notes": list(writer.generator.notes)}
    return {
        "name": loaded.found.name,
        "commit": loaded.found.commit,
        "path": str(loaded.found.path),
        "embedded": loaded.found.embedded,
        "adapter": None if loaded.found.adapter is None else str(loaded.found.adapter),
        "device": loaded.device,
        "dtype": loaded.dtype,
        "quantize": loaded.quantize.value,
    }


def _plain(value: Any) -> Any:
    """Return an option's value, or a sampling, as JSON can carry it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path):
        return str(value.absolute())
    if isinstance(value, Sampling):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value

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
from gptcc_cli.errors import ExitCode, GptccError
from gptcc_cli.generation import Generator, Sampling
from gptcc_cli.history import Beginning, Recorder, RunLog, place_of
from gptcc_cli.solving import Ended, Listener, Solution, SolveEvent

if TYPE_CHECKING:
    from gptcc_cli.cli.solve_wish import SolveWish

_OF_NO_MATTER = frozenset(
    {"problems", "output", "save_all", "fill", "show_samples", "as_json", "quiet", "verbose"}
    | {"tests", "starter", "log", "history"}
)
"""Options that change nothing about what is written and judged, or whose content is kept."""


@dataclass(slots=True, kw_only=True)
class Entry:
    """One run on its way into the history, or past it."""

    run: RunLog | None
    solution: Solution | None = None
    """The answer, once there is one."""

    @property
    def name(self) -> str | None:
        """What the run is called in the history; ``None``: it is not kept."""
        return None if self.run is None else self.run.id

    def beside(self, listen: Listener) -> Listener:
        """Return a listener that also takes notes."""
        run = self.run
        if run is None:
            return listen

        def both(event: SolveEvent) -> None:
            run.hear(event)
            listen(event)

        return both

    def overheard(self, generator: Generator) -> Generator:
        """Return the generator, its requests noted as they are drawn."""
        return generator if self.run is None else self.run.overheard(generator)

    def note_tests(self, text: str) -> None:
        """Note what the model wrote when it was asked for tests."""
        if self.run is not None:
            self.run.note_tests(text)

    def answered(self, solution: Solution) -> Solution:
        """Note the answer and give it back; how the command ends is not known yet."""
        self.solution = solution
        return solution

    def end(self, code: ExitCode) -> None:
        """Note how the command ends for this answer."""
        if self.run is not None and self.solution is not None:
            failed = None if self.solution.solved else self.solution.failure
            self.run.end(self.solution, code if failed is None else failed.exit_code)

    def break_off(self, why: Ended, code: ExitCode, failure: str | None = None) -> None:
        """Note what kept the command from its end; an answer that is there is noted too."""
        if self.run is None:
            return
        if self.solution is None:
            self.run.break_off(why.value, exit_code=code, failure=failure)
        else:
            self.run.end(self.solution, code, failure=failure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """Where the runs of a command are kept; without a recorder they are not."""

    recorder: Recorder | None
    wish: "SolveWish"
    writer: Writer
    reporter: Reporter

    @contextmanager
    def keep(self, task: Task, sampling: Sampling) -> Iterator[Entry]:
        """Keep the run of a block; an error in it is noted and goes on its way."""
        if self.recorder is None:
            yield Entry(run=None)
            return
        run = self.recorder.begin(self._beginning(task, sampling))
        self.reporter.debug(f"run {run.id}")
        entry = Entry(run=run)
        try:
            yield entry
        except GptccError as error:
            entry.break_off(Ended.FAILED, error.exit_code, error.message)
            raise
        except KeyboardInterrupt:
            entry.break_off(Ended.INTERRUPTED, ExitCode.INTERRUPTED)
            raise

    def _beginning(self, task: Task, sampling: Sampling) -> Beginning:
        return Beginning(
            problem=task.problem,
            origin=task.origin,
            tests=task.tests,
            n_tests=0 if self.wish.no_check else len(task.verifying),
            settings={**settings_of(self.wish), "sampling": _plain(sampling)},
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
    recorder = Recorder(place_of(wish.history))
    try:
        yield Log(recorder=recorder, wish=wish, writer=writer, reporter=reporter)
    finally:
        recorder.close()
        if recorder.trouble is not None:
            reporter.warn(recorder.trouble.message, hint=recorder.trouble.hint)


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

"""A progress bar for files on their way: downloads and conversions of models."""

from time import monotonic
from typing import TYPE_CHECKING, Self

from gptcc_cli.console.reporter import Reporter
from gptcc_cli.models import Fetching

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_PLAIN_EVERY_S = 5.0


class FetchView:
    """Watches files arrive; a bar on a terminal, else a line every few seconds."""

    def __init__(self, reporter: Reporter) -> None:
        """Prepare to draw on ``talk``."""
        self._reporter = reporter
        self._progress: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._said_s = monotonic()

    def __enter__(self) -> Self:
        """Start; nothing is drawn until something arrives."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop drawing."""
        if self._progress is not None:
            self._progress.stop()

    def __call__(self, fetching: Fetching) -> None:
        """Take note of how far a file is."""
        if self._reporter.quiet:
            return
        if self._reporter.console.is_interactive:
            self._draw(fetching)
        elif monotonic() - self._said_s >= _PLAIN_EVERY_S:
            self._said_s = monotonic()
            self._reporter.info(_line(fetching))

    def _draw(self, fetching: Fetching) -> None:
        if self._progress is None:
            self._progress = _bar(self._reporter)
            self._progress.start()
        if fetching.what not in self._tasks:
            self._tasks[fetching.what] = self._progress.add_task(fetching.what, total=None)
        self._progress.update(
            self._tasks[fetching.what], completed=fetching.done_bytes, total=fetching.total_bytes
        )


def _bar(reporter: Reporter) -> "Progress":
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        console=reporter.console,
        transient=True,
    )


def _line(fetching: Fetching) -> str:
    done = f"{fetching.done_bytes / 1e6:.0f}"
    of = f" of {fetching.total_bytes / 1e6:.0f}" if fetching.total_bytes else ""
    return f"{fetching.what}: {done}{of} MB"

"""``gptcc solve --fill``: write programs for the problems of a workspace that have none.

Only a program that passes every sample is written, under a comment that says where it comes
from; a file that is there is never touched.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import gptcc_cli
from gptcc_cli.cli.collaborators.writer import Writer
from gptcc_cli.console import Reporter, write_answer
from gptcc_cli.errors import ExitCode, OutputError
from gptcc_cli.generation import Sampling
from gptcc_cli.solving import Ended, Solution
from gptcc_cli.workspace import unsolved_places

NAME = "solution.py"


class Filling:
    """Puts each program into its problem's directory, in the order of the problems."""

    def __init__(self, places: Sequence[Path], reporter: Reporter) -> None:
        """Keep the directories.

        Args:
            places: one for each solution to come.
            reporter: where it is said what was not found.
        """
        self._places: Iterator[Path] = iter(places)
        self._reporter = reporter

    def refuse_early(self) -> None:
        """Refuse nothing: each directory is its own."""

    def hand_over(
        self,
        solution: Solution,
        *,
        writer: Writer,
        sampling: Sampling,
        run: str | None = None,  # noqa: ARG002  (no line of JSON is written here)
    ) -> ExitCode:
        """Write a program that passes every sample; return 1, for files have changed or lack.

        Raises:
            OutputError: the file can't be written, or appeared meanwhile.
        """
        file = next(self._places) / NAME
        if solution.ended is Ended.INTERRUPTED:
            return ExitCode.INTERRUPTED
        if not solution.solved or solution.best is None:
            self._reporter.warn(f"{file}: no program passes every sample, nothing was written")
            return ExitCode.FAILED
        judgement = solution.best.judgement
        source = judgement.candidate.source
        header = (
            f"# Written by gptcc {gptcc_cli.__version__} with {writer.generator.name}, seed "
            f"{sampling.seed}: passes {judgement.n_passed} of {judgement.n_tests} samples.\n"
        )
        _write_once(file, header + (source if source.endswith("\n") else source + "\n"))
        write_answer(str(file))
        return ExitCode.FAILED


def places_to_fill(names: Sequence[str] | None) -> tuple[Path, ...]:
    """Return the problems below some directories that have no solution."""
    return tuple(place for name in names or (".",) for place in unsolved_places(Path(name)))


def _write_once(file: Path, text: str) -> None:
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        aside.write_text(text, encoding="utf-8")
        try:
            os.link(aside, file)
        finally:
            aside.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"{str(file)!r} can't be written: {(error.strerror or 'error').lower()}",
            hint="nothing is ever written over; see what is there",
        ) from error

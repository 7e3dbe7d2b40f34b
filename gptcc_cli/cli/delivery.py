"""Where an answer goes: standard output, a file, a directory of all candidates, JSON lines.

Files are written aside and renamed, so that a half-written answer never stands under its name.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from gptcc_cli.atomic_writes import write_atomically
from gptcc_cli.cli.collaborators.writer import Writer
from gptcc_cli.console import write_answer, write_json
from gptcc_cli.console.records import solution_record
from gptcc_cli.console.solving import program_text
from gptcc_cli.errors import ExitCode, OutputError, UsageError
from gptcc_cli.generation import Sampling, write_completions
from gptcc_cli.solving import Ended, Solution

OUTPUT_HINT = "choose another place with -o, or print to standard output"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Hands over the answers of one run."""

    output: Path | None
    """A file, or with ``several`` a directory; ``None``: standard output."""
    several: bool
    """Whether there is more than one problem."""
    save_all: Path | None
    """A directory for every candidate."""
    as_json: bool
    require_pass: bool
    checked: bool
    """Whether programs were run."""
    sandboxed: bool = True
    """Whether they were held; false with ``--unsafe``."""

    def refuse_early(self) -> None:
        """Refuse before any work what could not be written after it.

        Raises:
            UsageError: several problems without a directory to write to.
            OutputError: a place can't be written.
        """
        if self.several and self.output is None and not self.as_json:
            raise UsageError(
                "several problems need a directory for their programs",
                hint="add -o DIR, or --json for one line a problem",
            )
        for directory in (self.output if self.several else None, self.save_all):
            if directory is not None:
                make_directory(directory)
        if self.output is not None and not self.several:
            if self.output.is_dir():
                raise UsageError(
                    f"--output {str(self.output)!r} is a directory",
                    hint=f"name a file, such as -o {self.output / 'solution.py'}",
                )
            if not self.output.exists() or self.output.is_file():
                _require_writable(self.output.parent)  # else a pipe or a device, written as it is

    def hand_over(
        self, solution: Solution, *, writer: Writer, sampling: Sampling, run: str | None = None
    ) -> ExitCode:
        """Write the answer where it belongs and return its exit code.

        Args:
            solution: the answer.
            writer: who wrote it.
            sampling: how it was drawn.
            run: its name in the history; ``None``: it is not kept.

        Raises:
            OutputError: a file can't be written; the program is printed then all the same.
        """
        code = exit_code(solution, checked=self.checked)
        program = program_text(solution, checked=self.checked)
        if self.require_pass and not solution.solved:
            program = None
        if self.save_all is not None:
            self._save_all(self.save_all, solution, writer.generator.name, sampling)
        if self.as_json:
            record = solution_record(
                solution,
                program=program,
                checked=self.checked,
                sandboxed=self.sandboxed,
                generator=writer.generator.name,
                exit_code=int(code),
                run=run,
            )
            write_json("gptcc.solution/2", record)
        if program is not None:
            self._write_program(solution, program)
        return code

    def _write_program(self, solution: Solution, program: str) -> None:
        if self.output is None:
            if not self.as_json:
                write_answer(program)
            return
        place = self.output / f"{_stem(solution)}.py" if self.several else self.output
        try:
            write_atomically(place, program, hint=OUTPUT_HINT)
        except OutputError:
            if not self.as_json:
                write_answer(program)  # an hour of work is not thrown away for a full disk
            raise

    def _save_all(
        self, directory: Path, solution: Solution, generator: str, sampling: Sampling
    ) -> None:
        place = directory / _stem(solution) if self.several else directory
        make_directory(place)
        for position, ranked in enumerate(solution.ranked):
            verdict = ranked.judgement.verdict
            name = f"{position:03d}-{verdict.value if verdict else 'unverified'}.py"
            write_atomically(place / name, ranked.judgement.candidate.source, hint=OUTPUT_HINT)
        completions = sorted(
            (one for ranked in solution.ranked for one in ranked.judgement.candidate.completions),
            key=lambda completion: completion.index,
        )
        write_completions(
            place / "completions.jsonl", completions, generator=generator, sampling=sampling
        )


def exit_code(solution: Solution, *, checked: bool) -> ExitCode:
    """Return what the shell learns from a solution."""
    if solution.ended is Ended.INTERRUPTED:
        return ExitCode.INTERRUPTED
    if solution.best is None:
        return ExitCode.BUDGET if solution.ended is Ended.BUDGET else ExitCode.FAILED
    if not checked or solution.solved:
        return ExitCode.DONE
    if solution.undecided:
        return ExitCode.REFUSED
    return ExitCode.FAILED if solution.verified_by else ExitCode.UNVERIFIED


def make_directory(directory: Path) -> None:
    """Make a directory if it is not there.

    Raises:
        OutputError: it can't be made, or can't be written to.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"directory {str(directory)!r} can't be made: {error.strerror}",
            hint="choose another place",
        ) from error
    _require_writable(directory)


def _require_writable(directory: Path) -> None:
    if not os.access(directory or Path(), os.W_OK):
        reason = "no write access" if directory.exists() else "no such directory"
        raise OutputError(
            f"{str(directory)!r} can't be written to: {reason}", hint="choose another place"
        )


def _stem(solution: Solution) -> str:
    kept = "".join(c if c.isalnum() or c in "-_." else "_" for c in solution.problem.id)
    return kept.strip(".") or "problem"

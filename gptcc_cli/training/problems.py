"""A problem to train on: its statement, and the programs that solve it."""

from dataclasses import dataclass

from gptcc_cli.problem import IOTest, Mode, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingProblem:
    """One problem with its solutions. Tests are for verifying alone, and never in a prompt."""

    id: str
    """Unique within its data set."""
    statement: str
    """Byte for byte as the data have it; line ends are LF."""
    solutions: tuple[str, ...]
    """Programs that are said to solve it."""
    starter_code: str = ""
    """The code a solution starts from."""
    entry_point: str | None = None
    """The function that is called; it or starter code makes a problem call-based."""
    tests: tuple[IOTest, ...] = ()
    """Hidden tests; only read when solutions are to be verified."""
    split: str | None = None
    """``train``, ``test`` or whatever the data say; ``None``: they say nothing."""
    origin: str = ""
    """Where it was read, for messages."""

    @property
    def problem(self) -> Problem:
        """The problem without its tests and samples, as a prompt needs it."""
        call = bool(self.starter_code.strip() or self.entry_point)
        return Problem(
            id=self.id,
            statement=self.statement,
            mode=Mode.CALL if call else Mode.STDIN,
            starter_code=self.starter_code,
            entry_point=self.entry_point,
        )

"""One statement as it came: the type of the room ``sources``."""

from dataclasses import dataclass

from gptcc_cli.problem import AnswerRules, IOTest, SampleTest


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One statement as it came, with whatever came beside it."""

    id: str
    """A name: the file's stem, the row's id, or ``stdin``."""
    statement: str
    """The text; LF line ends, no byte-order mark."""
    starter_code: str | None = None
    """``None``: none came beside it (the statement may still hold some)."""
    entry_point: str | None = None
    samples: tuple[SampleTest, ...] | None = None
    """Samples that came as data and are printed in the statement; ``None``: look for them."""
    tests: tuple[IOTest, ...] = ()
    """Hidden tests that came as data. Never shown to a model."""
    answer: AnswerRules | None = None
    """How answers are compared, where the data says so; ``None``: the statement decides."""
    time_limit_s: float | None = None
    memory_limit_bytes: int | None = None
    difficulty: str | None = None
    url: str | None = None
    origin: str = ""
    """The path, with a row's number where there is one, for messages."""
    notes: tuple[str, ...] = ()
    """What was passed over when it was read, in sentences."""

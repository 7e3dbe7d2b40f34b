"""Make a text parse that almost does, by changes that keep what its author wrote.

Covers blanks, indentation, a restated beginning and a tail that the budget cut off. Offers
readings in a fixed order and takes the first that parses; at most a few dozen are tried. Never
adds a statement, never changes a name or a string, never looks at tests.
"""

import re
from collections.abc import Iterator

from gptcc_cli.extraction.cuts import drop_last_line
from gptcc_cli.extraction.indentation import dedent, plain_blanks, readings
from gptcc_cli.extraction.parsing import trouble_of

MOST_LINES_DROPPED = 2
"""Lines of an unfinished tail that may go."""

_FRAGMENT = re.compile(r"\n[ \t]*[A-Za-z_][\w.]*\Z")
"""A last line that parses, but does nothing: the beginning of a statement, or of a name."""

Reading = tuple[str, tuple[str, ...]]
"""A text, and the names of the steps that made it."""


def repair(prefix: str, text: str, *, unfinished: bool) -> Reading | None:
    """Return the first reading of ``prefix + text`` that parses; ``None``: none does.

    Args:
        prefix: the program's beginning, which the prompt gave; it is never dropped.
        text: what the model wrote, cut where the program ends.
        unfinished: whether the budget ended the text, so that its last line may be a fragment.
    """
    if unfinished and _FRAGMENT.search(text):
        shorter = prefix + drop_last_line(text)
        if trouble_of(shorter) is None:
            return shorter, ("truncated",)
    dropped: tuple[str, ...] = ()
    for _ in range(MOST_LINES_DROPPED + 1 if unfinished else 1):
        for source, steps in _readings_of(prefix + text):
            if trouble_of(source) is None:
                return source, (*steps, *dropped)
        text, dropped = drop_last_line(text), ("truncated",)
        if not text.strip():
            break
    return None


def _readings_of(source: str) -> Iterator[Reading]:
    """The text itself, then what its first trouble suggests."""
    yield source, ()
    steps: tuple[str, ...] = ()
    if "\xa0" in source:
        source, steps = plain_blanks(source), ("nbsp",)
        yield source, steps
    trouble = trouble_of(source)
    if trouble is None or not trouble.is_indentation:
        return
    shifted = dedent(source)
    if shifted is not None:
        yield shifted, (*steps, "dedent")
    for name, other in readings(source):
        yield other, (*steps, name)

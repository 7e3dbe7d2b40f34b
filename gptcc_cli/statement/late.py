"""Regular expressions that are compiled when they are first asked for something.

Compiling all patterns of this room takes 25 ms, and a statement that reads standard input asks
for few of those about calls. For patterns that most statements don't need; the others are
compiled when their file is imported, as anywhere.
"""

import re
from typing import Any, cast


def late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return what answers as the compiled pattern does, and compile it at the first question."""
    return cast("re.Pattern[str]", _Late(pattern, flags))


class _Late:
    def __init__(self, pattern: str, flags: int) -> None:
        self._how = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        # Found in the object itself from now on, which does not ask here again.
        found = getattr(re.compile(*self._how), name)
        setattr(self, name, found)
        return found

"""gptcc: write many candidate programs for a problem, and print one that passes its samples.

From Python: ``read_problem``, ``solve``, ``check`` and ``evaluate`` (docs/guides/python.md). The
``gptcc`` command is in ``cli``. Importing this package imports nothing else; each function is
imported when it is first used.
"""

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gptcc_cli.api import check, read_problem, solve
    from gptcc_cli.evaluating import evaluate

# Problems hold integers longer than the 4,300 digits that Python converts by default. What a
# program answers is read without converting longer ones, so that this bounds the time for it.
sys.set_int_max_str_digits(100_000)

__all__ = ["check", "evaluate", "read_problem", "solve"]
__version__ = "0.2.0"


def __getattr__(name: str) -> Any:
    """Import a public function when it is first used."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module = "evaluating" if name == "evaluate" else "api"
    return getattr(import_module(f"{__name__}.{module}"), name)

"""The list of commands, in the order ``gptcc --help`` shows them.

Importing a command's file registers it with ``app``; each file imports only typer and its
options, and everything else when it runs.
"""

from gptcc_cli.cli import check, eval, grade, solve  # noqa: F401 - registers itself
from gptcc_cli.cli.app import app

__all__ = ["app"]

_ORDER = ("solve", "check", "samples", "prompt", "listen", "eval", "grade", "train", "doctor")

app.registered_commands.sort(
    key=lambda command: _ORDER.index(command.name) if command.name in _ORDER else len(_ORDER)
)

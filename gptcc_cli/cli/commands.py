"""The list of commands, in the order ``gptcc --help`` shows them.

Importing a command's file registers it with ``app``; each file imports only typer and its
options, and everything else when it runs.
"""

import gptcc_cli.cli.check
import gptcc_cli.cli.config
import gptcc_cli.cli.doctor
import gptcc_cli.cli.eval
import gptcc_cli.cli.grade
import gptcc_cli.cli.history
import gptcc_cli.cli.init
import gptcc_cli.cli.listen
import gptcc_cli.cli.models
import gptcc_cli.cli.new
import gptcc_cli.cli.prompt
import gptcc_cli.cli.samples
import gptcc_cli.cli.solve
import gptcc_cli.cli.train  # noqa: F401 - the files register themselves
from gptcc_cli.cli.app import app

__all__ = ["app"]

_ORDER = (
    "solve", "check", "samples", "prompt", "listen", "init", "new", "eval", "grade", "train",
    "doctor",
)  # fmt: skip

app.registered_commands.sort(
    key=lambda command: _ORDER.index(command.name) if command.name in _ORDER else len(_ORDER)
)

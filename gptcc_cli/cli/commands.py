"""The list of commands, in the order ``gptcc --help`` shows them.

Importing a command's file registers it with ``app``; each file imports only typer and its
options, and everything else when it runs.
"""

import copy

import typer

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
from gptcc_cli.cli.configuration import setting_files

__all__ = ["app", "app_for"]

_ORDER = (
    "solve", "check", "samples", "prompt", "listen", "init", "new", "eval", "grade", "train",
    "doctor",
)  # fmt: skip

app.registered_commands.sort(
    key=lambda command: _ORDER.index(command.name) if command.name in _ORDER else len(_ORDER)
)


def app_for(arguments: list[str]) -> typer.Typer:
    """Return the app with the one command that is named first, where no other one matters.

    Making every command's options ready takes 20 ms. Files of settings are checked against all
    commands, and whatever names none is answered by looking at all of them.

    Args:
        arguments: what stands after ``gptcc``.
    """
    named = [command for command in app.registered_commands if [command.name] == arguments[:1]]
    if not named or setting_files():
        return app
    alone = copy.copy(app)
    alone.registered_commands, alone.registered_groups = named, []
    return alone

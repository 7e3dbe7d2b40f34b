"""``gptcc config``: which settings there are, what they are here, and where each comes from."""

import typer

from gptcc_cli.cli import options as o
from gptcc_cli.cli.app import command_group

config = command_group("config", "Show settings and where they come from.")


@config.command("show")
def show(context: typer.Context, as_json: o.AsJson = False) -> None:
    """Show every setting, its value, and where it comes from.

    Options come first, then the environment, then the project's gptcc.toml or [tool.gptcc],
    then the user's file, then the default.
    """
    from gptcc_cli.cli.settings import settings_here
    from gptcc_cli.console import write_answer, write_json

    settings = settings_here(context)
    if as_json:
        for setting in settings:
            write_json("gptcc.setting/1", setting.record())
        return
    rows = [setting.texts() for setting in settings]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [f"{name:<{widths[0]}}  {value:<{widths[1]}}  {where}" for name, value, where in rows]
    write_answer("\n".join(lines))


@config.command("path")
def path() -> None:
    """Show the files that settings are read from, and where the user's own would be."""
    from gptcc_cli.cli.configuration import project_file, user_place
    from gptcc_cli.console import write_answer

    project = project_file()
    write_answer(f"project: {project or 'none'}")
    place = user_place()
    write_answer(f"user: {place}{'' if place.is_file() else ' (not there)'}")

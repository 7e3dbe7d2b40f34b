"""Only the command that is run is made ready, and nothing but the time tells."""

from pathlib import Path

import pytest
import typer

from gptcc_cli.cli import commands, run
from gptcc_cli.cli.commands import app, app_for

NAMES = [str(command.name) for command in app.registered_commands]


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file of settings is in reach."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def names_of(found: typer.Typer) -> list[str | None]:
    return [command.name for command in found.registered_commands]


@pytest.mark.parametrize("name", NAMES)
def test_a_named_command_is_made_ready_alone(name: str) -> None:
    assert names_of(app_for([name, "--help"])) == [name]
    assert names_of(app) == NAMES


@pytest.mark.parametrize("arguments", [[], ["--help"], ["chek"], ["models", "list"], [""]])
def test_whatever_names_no_command_sees_all(arguments: list[str]) -> None:
    assert app_for(arguments) is app


def test_settings_are_checked_against_all_commands(tmp_path: Path) -> None:
    (tmp_path / "gptcc.toml").write_text("[solve]\njobs = 2\n")
    assert app_for(["check"]) is app
    assert run(["check", "--hook"]) == 0


@pytest.mark.parametrize("arguments", [["check", "--help"], ["check", "-j", "0"], ["solve", "-h"]])
def test_help_and_errors_are_the_same(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, told = run(arguments), capsys.readouterr()
    monkeypatch.setattr(commands, "app_for", lambda _: app)
    assert (run(arguments), capsys.readouterr()) == (code, told)

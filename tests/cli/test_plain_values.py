"""What is read without typer's own reader comes out as typer would have read it."""

import os
import subprocess
import sys
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from gptcc_cli.cli.plain_values import PlainCommand, PlainGroup
from gptcc_cli.cli.units import seconds


class Form(Enum):
    """Choices, one of which is no text."""

    TEXT = "text"
    JSON = "json"
    SEVEN = 7


def outcome(arguments: list[str], command: type[TyperCommand], group: type[TyperGroup]) -> Any:
    """Return what a command's function receives, or the error that is shown."""
    app = typer.Typer(cls=group, pretty_exceptions_enable=False, rich_markup_mode=None)
    received: list[Any] = []

    @app.callback()
    def before(level: Annotated[int, typer.Option()] = 0) -> None:
        received.append(level)

    @app.command("read", cls=command)
    def read(
        files: Annotated[list[Path] | None, typer.Argument()] = None,
        many: Annotated[list[str] | None, typer.Option()] = None,
        n: Annotated[int | None, typer.Option(min=1, max=99)] = None,
        clamped: Annotated[int, typer.Option(min=1, max=9, clamp=True)] = 3,
        text: Annotated[str | None, typer.Option(envvar="PLAIN_TEXT")] = None,
        form: Annotated[Form, typer.Option(envvar="PLAIN_FORM")] = Form.TEXT,
        loose: Annotated[Form, typer.Option(case_sensitive=False)] = Form.JSON,
        path: Annotated[Path | None, typer.Option()] = None,
        there: Annotated[Path | None, typer.Option(exists=True, dir_okay=False)] = None,
        time: Annotated[float | None, typer.Option(parser=seconds)] = None,
        ratio: Annotated[float, typer.Option()] = 0.5,
        wanted: Annotated[bool, typer.Option("--wanted/--unwanted")] = False,
    ) -> None:
        received.extend([files, many, n, clamped, text, form, loose, path, there])
        received.extend([time, ratio, wanted])

    try:
        app(arguments, standalone_mode=False)
    except typer.TyperException as error:
        return type(error), str(error), getattr(error, "message", None)
    return received


COMMAND_LINES = [
    *("read", "read a b/c", "read .", "--level 2 read", "--level x read", "--level -1 read"),
    *("read --many a --many b", "read --n 1", "read --n 0", "read --n 99", "read --n 100"),
    *("read --n -1", "read --n x", "read --n 1.0", "read --n 1_0", "read --n 007", "read --n ٣"),
    *("read --n 99999999999999999999", "read --clamped 12", "read --clamped 0", "read --n +5"),
    *("read --text x", "read --text=", "read --form json", "read --form JSON", "read --form 7"),
    *("read --form none", "read --loose JSON", "read --path a", "read --path=", "read --path -"),
    *("read --there nowhere", "read --there .", "read --there here", "read --time 500ms"),
    *("read --time soon", "read --ratio 2", "read --ratio x", "read --wanted", "read --unwanted"),
    *("read --n", "read --unknown", "read --path locked", "nothing"),
]


@pytest.mark.parametrize("line", COMMAND_LINES)
def test_values_and_errors_are_typers(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").touch()
    (tmp_path / "locked").touch(mode=0)
    monkeypatch.chdir(tmp_path)
    plain = outcome(line.split(" "), PlainCommand, PlainGroup)
    assert plain == outcome(line.split(" "), TyperCommand, TyperGroup)


@pytest.mark.parametrize(
    ("name", "value"), [("PLAIN_TEXT", "x"), ("PLAIN_FORM", "json"), ("PLAIN_FORM", "none")]
)
def test_the_environment_is_read_as_typer_reads_it(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    assert outcome(["read"], PlainCommand, PlainGroup) == outcome(
        ["read"], TyperCommand, TyperGroup
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--hook"),
        ("check", "--hook", "-q", "-j", "2", "--format", "json", "--mutated", "3"),
        ("check", "--hook", "-p", "a.txt", "--tests", ".", "--starter", "nowhere", "b.txt"),
    ],
)
def test_a_check_does_not_wait_for_pydantic(arguments: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("Print 1.")
    program = "import sys, gptcc_cli.cli as cli\ncode = cli.run(sys.argv[1:])\n"
    program += "raise SystemExit(100 if 'pydantic' in sys.modules else code)"
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": root, "XDG_CACHE_HOME": str(tmp_path / "cache")},
        check=False,
    )
    assert done.returncode == 0

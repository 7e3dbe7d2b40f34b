"""The command line that is made from the options: every option is there, and read as it says."""

import subprocess
import sys
from dataclasses import MISSING
from pathlib import Path
from typing import Any

import pytest
import typer.main

from gptcc_cli.cli import run
from gptcc_cli.cli.app import make_app
from gptcc_cli.options import CommandEntry, commands_below
from gptcc_cli.options.definition import parameters_of
from gptcc_cli.options.evaluate import EvalOptions
from tests.cli.conftest import Command

ROOT = Path(__file__).parents[2]
ENTRIES = dict(commands_below())


def command_of(words: tuple[str, ...]) -> Any:
    command: Any = make_app()
    for word in words:
        command = command.commands[word]
    return command


@pytest.mark.parametrize("words", ENTRIES, ids=" ".join)
def test_a_command_has_every_option_of_its_class(words: tuple[str, ...]) -> None:
    entry = ENTRIES[words]
    params = {param.name: param for param in command_of(words).params}
    parameters = parameters_of(entry.options_type)
    assert params.keys() >= {parameter.name for parameter in parameters}
    for parameter in parameters:
        shown = params[parameter.name]
        names = [name for one in parameter.definition.names for name in one.split("/")]
        assert {*shown.opts, *shown.secondary_opts} >= set(names)
        assert shown.help == parameter.help
        assert shown.required is False
        if parameter.definition.names:
            assert shown.envvar == parameter.definition.envvar


@pytest.mark.parametrize("words", ENTRIES, ids=" ".join)
def test_the_table_has_the_first_line_of_each_help(words: tuple[str, ...]) -> None:
    entry = ENTRIES[words]
    assert entry.options_type.__doc__.partition("\n")[0] == entry.summary


@pytest.mark.parametrize("words", ENTRIES, ids=" ".join)
def test_the_work_of_each_command_exists(words: tuple[str, ...]) -> None:
    from importlib import import_module

    entry: CommandEntry = ENTRIES[words]
    module, _, name = entry.run.partition(":")
    assert callable(getattr(import_module(f"gptcc_cli.commands.{module}"), name))


@pytest.mark.parametrize("words", ENTRIES, ids=" ".join)
def test_a_default_is_a_value_that_the_option_reads(words: tuple[str, ...]) -> None:
    params = {param.name: param for param in command_of(words).params}
    for parameter in parameters_of(ENTRIES[words].options_type):
        shown = params[parameter.name].default
        if parameter.default is MISSING or shown is None or isinstance(shown, bool):
            continue
        assert parameter.read(shown) == parameter.default, parameter.name


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("check --jobs x", "'x'"),
        ("check --jobs 0", "0"),
        ("check --mutated -1", "-1"),
        ("check --time-limit soon", "'soon'"),
        ("check --memory-limit 0", "'0'"),
        ("check --format xml", "'xml'"),
        ("solve --write-tests 101", "101"),
        ("solve --temperature 9", "'9'"),
        ("eval -k 0", "'0'"),
        ("eval --n-at-k 5@1", "'5@1'"),
        ("history prune --older-than x", "'x'"),
        ("listen --port 65536", "65536"),
    ],
)
def test_a_value_that_cannot_be_is_one_sentence_with_a_hint(
    gptcc: Command, line: str, value: str
) -> None:
    done = gptcc(*line.split(), in_process=True) if "check" not in line else None
    code, told = (done.returncode, done.stderr) if done else _run_quietly(line.split())
    assert code == 2
    sentence, hint = told.splitlines()
    assert sentence.startswith("error: ")
    assert value in sentence
    assert hint.startswith("hint: gptcc ")


def _run_quietly(words: list[str]) -> tuple[int, str]:
    import contextlib
    import io

    told = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stderr(told):
        code = run(words)
    told.seek(0)
    return code, told.read()


def test_a_pair_is_read_as_two_values() -> None:
    (compare,) = (one for one in parameters_of(EvalOptions) if one.name == "compare")
    assert compare.read("runs/one") == Path("runs/one")
    code, told = _run_quietly(["eval", "--compare", "no-run", "other"])
    assert code == 2
    assert "no-run" in told


@pytest.mark.parametrize("words", [["solve"], ["samples"], ["check", "--problems"]])
def test_a_name_that_is_too_long_is_one_sentence(words: list[str]) -> None:
    code, told = _run_quietly([*words, "x" * 5000])
    assert code == 2
    assert len(told.splitlines()) == 2


def test_a_bad_value_from_the_environment_names_its_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GPTCC_N", "many")
    code, told = _run_quietly(["solve", "p.txt"])
    assert code == 2
    assert "'many'" in told
    assert "GPTCC_N" in told
    code, told = _run_quietly(["solve", "p.txt", "--number", "few"])
    assert "'few'" in told
    assert "GPTCC_N" not in told


@pytest.mark.parametrize(
    ("words", "usage", "row"),
    [
        ("solve", "gptcc solve [OPTIONS] [PROBLEM|-]...", "  [PROBLEM|-]...  "),
        ("history show", "gptcc history show [OPTIONS] RUN", "  RUN  "),
        ("history search", "gptcc history search [OPTIONS] WORDS...", "  WORDS...  "),
        ("init", "gptcc init [OPTIONS] [DIR]", "  [DIR]  The workspace; "),
    ],
)
def test_help_shows_arguments_as_they_are_given(
    gptcc: Command, words: str, usage: str, row: str
) -> None:
    lines = gptcc(*words.split(), "--help").stdout.splitlines()
    assert lines[0] == f"Usage: {usage}"
    assert any(line.startswith(row) for line in lines)


def test_help_shows_bounds_and_the_defaults_of_arguments(gptcc: Command) -> None:
    assert "[from 0 to 65535]" in " ".join(gptcc("listen", "--help").stdout.split())
    assert "[at least 1]" in " ".join(gptcc("history", "list", "--help").stdout.split())
    assert "[default: .]" in gptcc("init", "--help").stdout


@pytest.mark.parametrize("words", [["history", "show"], ["history", "search"], ["new"]])
def test_a_missing_argument_is_one_sentence(words: list[str]) -> None:
    code, told = _run_quietly(words)
    assert code == 2
    assert "missing argument" in told
    assert len(told.splitlines()) == 2


def test_unexpected_arguments_are_refused() -> None:
    code, told = _run_quietly(["doctor", "everything"])
    assert code == 2
    assert "everything" in told


def test_a_misspelt_command_names_the_nearest() -> None:
    code, told = _run_quietly(["slove"])
    assert code == 2
    assert "'solve'" in told


def test_a_command_is_made_when_it_is_named() -> None:
    app: Any = make_app()
    dict.__getitem__(app.commands, "solve")
    assert set(dict.values(app.commands)) == {None}
    app.commands["check"]
    assert [name for name in app.commands if dict.__getitem__(app.commands, name)] == ["check"]


@pytest.mark.parametrize("line", ["--help", "check p.py", "check -t 2s --tests p.py p.py"])
def test_help_and_a_cached_check_import_nothing_slow(tmp_path: Path, line: str) -> None:
    (tmp_path / "p.txt").write_text("Add.\n\nInput:\n1\nOutput:\n1\n")
    (tmp_path / "p.py").write_text("# gptcc: skip\n")
    program = (
        "import sys\n"
        "from gptcc_cli.cli import run\n"
        f"code = run({line.split()!r})\n"
        "slow = {'pydantic', 'rich', 'torch', 'numpy', 'multiprocessing', 'gptcc_cli.judging'}\n"
        "print(code, sorted(slow & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == "0 []\n"


def test_typer_still_makes_the_command_that_is_extended() -> None:
    group = typer.main.get_command(typer.Typer(callback=lambda: None))
    assert hasattr(group, "commands")

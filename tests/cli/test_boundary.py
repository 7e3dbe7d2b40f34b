"""The error boundary: sentences, hints, exit codes, and quick help."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command

ROOT = Path(__file__).parents[2]


def test_no_arguments_show_help_and_exit_2(gptcc: Command) -> None:
    done = gptcc()
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Usage: gptcc" in done.stderr


def test_help_is_an_answer_on_stdout(gptcc: Command) -> None:
    done = gptcc("--help")
    assert done.returncode == 0
    assert "Usage: gptcc" in done.stdout


def test_unknown_option_is_one_sentence_and_a_hint(gptcc: Command) -> None:
    done = gptcc("--nope")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "error: No such option: --nope\nhint: gptcc --help\n"


@pytest.mark.parametrize(
    ("line", "help_of"),
    [
        ("slove", "gptcc"),
        ("check --format xml", "gptcc check"),
        ("history prune --older-than x", "gptcc history prune"),
        ("config shw", "gptcc config"),
    ],
)
def test_the_hint_names_the_command_that_was_meant(gptcc: Command, line: str, help_of: str) -> None:
    done = gptcc(*line.split())
    assert (done.returncode, done.stdout) == (2, "")
    sentence, hint = done.stderr.splitlines()
    assert "Value error" not in sentence
    assert hint == f"hint: {help_of} --help"


def test_errors_are_json_when_json_is_asked(gptcc: Command) -> None:
    done = gptcc("nope", "--json")
    assert done.returncode == 2
    record = json.loads(done.stdout)
    assert record["schema"] == "gptcc.error/1"
    assert record["error"] == "UsageError"
    assert record["exit_code"] == 2


def test_help_imports_neither_torch_nor_rich() -> None:
    script = (
        "import sys, contextlib, io\n"
        "from gptcc_cli.cli import run\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        "    assert run(['--help']) == 0\n"
        "print(sorted({'torch', 'transformers', 'rich', 'numpy'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout == "[]\n"


def test_a_bug_shows_its_traceback_and_exits_70() -> None:
    script = (
        "import gptcc_cli.commands.tools as module\n"
        "from gptcc_cli.cli import run\n"
        "def boom(options: object) -> None:\n"
        "    raise RuntimeError('split pea')\n"
        "module.doctor = boom\n"
        "raise SystemExit(run(['doctor']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 70
    assert "RuntimeError: split pea" in done.stderr
    assert "bug in gptcc" in done.stderr


@pytest.mark.parametrize("group", [(), ("history",), ("models",), ("config",)])
def test_a_group_by_itself_shows_its_help(gptcc: Command, group: tuple[str, ...]) -> None:
    done = gptcc(*group)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Usage: ")
    assert "error:" not in done.stderr


def test_the_end_looks_for_no_cycles() -> None:
    program = "import atexit, gc\nfrom gptcc_cli.cli import main\n"
    program += "atexit.register(lambda: print(gc.get_freeze_count() > 1000))\nmain()\n"
    done = subprocess.run(
        [sys.executable, "-c", program, "--version"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[1:] == ["True"]

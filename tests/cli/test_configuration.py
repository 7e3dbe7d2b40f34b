"""Settings: which of option, environment, project and user wins, and what is no setting."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command

STATEMENT = "Print the sum.\n\nExample\n\nInput:\n3 4\nOutput:\n7\n"
PROGRAM = "import sys\nprint(sum(map(int, sys.stdin.read().split())))\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with a solution, and the user's directory of settings."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "user"))
    monkeypatch.delenv("GPTCC_FORMAT", raising=False)
    (tmp_path / "user" / "gptcc").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (tmp_path / "p.txt").write_text(STATEMENT)
    (tmp_path / "p.py").write_text(PROGRAM)
    return tmp_path


def user(home: Path) -> Path:
    return home / "user" / "gptcc" / "config.toml"


def shown(gptcc: Command, name: str, **env: str) -> tuple[object, str]:
    done = gptcc("config", "show", "--json", env=env)
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in done.stdout.splitlines()]
    (found,) = (record for record in records if record["name"] == name)
    return found["value"], found["where"]


def output_of(gptcc: Command, *arguments: str, **env: str) -> str:
    done = gptcc("check", "p.py", *arguments, env=env)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_each_place_wins_over_those_after_it(gptcc: Command, home: Path) -> None:
    assert shown(gptcc, "format") == ("text", "default")
    assert output_of(gptcc).startswith("p.py: AC")
    user(home).write_text('format = "github"\n')
    assert shown(gptcc, "format") == ("github", str(user(home)))
    assert output_of(gptcc) == ""
    (home / "pyproject.toml").write_text('[tool.gptcc]\nformat = "json"\n')
    assert shown(gptcc, "format") == ("json", str(home / "pyproject.toml"))
    assert json.loads(output_of(gptcc))["verdict"] == "AC"
    assert shown(gptcc, "format", GPTCC_FORMAT="sarif") == ("sarif", "environment GPTCC_FORMAT")
    assert json.loads(output_of(gptcc, GPTCC_FORMAT="sarif"))["version"] == "2.1.0"
    assert output_of(gptcc, "--format", "text", GPTCC_FORMAT="sarif").startswith("p.py: AC")


def test_the_table_of_a_command_is_for_it_alone(gptcc: Command, home: Path) -> None:
    (home / "gptcc.toml").write_text('time_limit = "3s"\n[check]\ntime-limit = "2s"\n')
    assert shown(gptcc, "check.time-limit") == ("2s", str(home / "gptcc.toml"))
    assert shown(gptcc, "solve.time-limit") == ("3s", str(home / "gptcc.toml"))


def test_settings_hold_in_directories_below(gptcc: Command, home: Path) -> None:
    (home / "gptcc.toml").write_text('format = "json"\n')
    (home / "below").mkdir()
    done = gptcc("check", "../p.py", cwd=home / "below")
    assert done.stdout.startswith("{")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('modle = "x"\n', ["'modle'", "did you mean 'model'?"]),
        ("[chekc]\nstrict = true\n", ["'chekc'", "did you mean 'check'?"]),
        ("[check]\nnumber = 3\n", ["'check.number'"]),
        ('time-limit = "soon"\n', ["time-limit = 'soon'", "is not a time"]),
        ('format = "xml"\n', ["format = 'xml'"]),
        ("jobs = [1]\n", ["jobs is a list"]),
        ("model = \n", ["TOML"]),
    ],
)
def test_what_is_no_setting_is_one_sentence_with_the_file(
    gptcc: Command, home: Path, text: str, words: list[str]
) -> None:
    (home / "gptcc.toml").write_text(text)
    done = gptcc("check", "p.py")
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {home / 'gptcc.toml'}")
    assert all(word in done.stderr for word in words), done.stderr


@pytest.mark.parametrize("text", ["tool = 1\n# tool.gptcc\n", "tool.gptcc = 1\n"])
def test_a_pyproject_without_the_table_is_no_traceback(
    gptcc: Command, home: Path, text: str
) -> None:
    (home / "pyproject.toml").write_text(text)
    done = gptcc("config", "show")
    assert done.returncode in (0, 2)
    assert "Traceback" not in done.stderr


def test_a_truth_value_is_shown_as_toml_spells_it(gptcc: Command, home: Path) -> None:
    (home / "gptcc.toml").write_text("jobs = true\n")
    done = gptcc("config", "show")
    assert done.returncode == 2
    assert "'true' is not a whole number" in done.stderr


def test_a_current_directory_that_was_removed_holds_no_settings(home: Path) -> None:
    (home / "gone").mkdir()
    line = f'cd gone; rmdir ../gone; exec "{sys.executable}" -m gptcc_cli check {home}/p.py'
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, cwd=home, env=env, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_config_path_names_both_files(gptcc: Command, home: Path) -> None:
    (home / "gptcc.toml").write_text("")
    done = gptcc("config", "path")
    assert done.stdout == f"project: {home / 'gptcc.toml'}\nuser: {user(home)} (not there)\n"


def test_what_could_run_foreign_code_is_no_setting(gptcc: Command, home: Path) -> None:
    for name in ("trust-remote-code", "unsafe", "no-check"):
        (home / "gptcc.toml").write_text(f"{name} = true\n")
        assert gptcc("check", "p.py").returncode == 2


def test_a_project_does_not_say_where_a_key_is_sent(gptcc: Command, home: Path) -> None:
    setting = 'endpoint = "http://127.0.0.1:9/v1"\n'
    (home / "gptcc.toml").write_text(setting)
    done = gptcc("check", "p.py")
    assert done.returncode == 2
    assert "'endpoint' can't be set in a project file" in done.stderr
    (home / "gptcc.toml").unlink()
    user(home).write_text(setting)
    assert shown(gptcc, "endpoint") == ("http://127.0.0.1:9/v1", str(user(home)))

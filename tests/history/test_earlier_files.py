"""A history file written by an earlier gptcc lists, shows and replays.

``data/history-f888c10.sqlite3`` was written by ``gptcc solve`` of that commit: runs with the
embedded model and with ``--replay``, with a budget, a temperature, ``--no-check``, ``--tests`` and
``--starter``, one interrupted and one killed. Paths in it were replaced. The JSON beside it is what
that commit's ``history list`` and ``history show`` gave.
"""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gptcc_cli.cli import run

DATA = Path(__file__).with_name("data")
EXPECTED: dict[str, Any] = json.loads((DATA / "history-f888c10.json").read_text())
RUNS = list(EXPECTED["show"])

Output = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "history.sqlite"
    shutil.copyfile(DATA / "history-f888c10.sqlite3", path)
    monkeypatch.setenv("GPTCC_HISTORY", str(path))
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield path
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def output(history: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Output:
    """A function that runs ``gptcc history ARGUMENTS --json`` and returns what it printed."""

    def records(*arguments: str) -> list[dict[str, Any]]:
        run(["history", *arguments, "--json"])
        out, err = capfdbinary.readouterr()
        assert err == b""
        return [json.loads(line) for line in out.decode().splitlines()]

    return records


def renamed(record: dict[str, Any]) -> dict[str, Any]:
    """Give what that commit printed the names of today; what it left out is null today."""
    facts = ("wall_s", "cpu_s", "peak_memory_bytes", "exit_code", "signal", "exceeded")
    cases = [case for program in record["programs"] for case in program["cases"]]
    for case in cases:
        case.update({name: case.get(name) for name in facts})
    names = {"tests_written": "generated_tests_text", "n_tests_beside": "n_given_tests"}
    shown = {names.get(name, name): value for name, value in record.items()}
    shown["config"] = config_of(shown.pop("settings"))
    return {**shown, "schema": "gptcc.run/2"}


def config_of(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the config of today that means the same as the options of that commit."""
    sampling = settings["sampling"]
    waits = settings["budget"] is not None or settings["write_tests"]
    same = ("template", "model", "revision", "quantize", "device", "dtype", "adapter", "replay")
    same += ("trust_remote_code", "endpoint", "endpoint_style", "strict_layout")
    drawn = ("n", "temperatures", "top_p", "top_k", "max_new_tokens", "batch_size", "seed")
    return {
        "version": 1,
        **{name: settings[name] for name in same},
        **{name: sampling[name] for name in drawn},
        "temperature_schedule": sampling["later"],
        "until": settings["until"] or ("agreed" if waits else "first"),
        "budget_s": settings["budget"],
        "repair_rounds": settings["repair"],
        "n_generated_tests": settings["write_tests"],
        "time_limit_s": settings["time_limit"],
        "memory_limit_bytes": settings["memory_limit"],
        "output_limit_bytes": settings["output_limit"],
        "check": not settings["no_check"],
        "sandboxed": not settings["unsafe"],
    }


def test_the_runs_are_listed_as_they_were(output: Output) -> None:
    assert output("list") == [{**run, "schema": "gptcc.run/2"} for run in EXPECTED["list"]]


def test_each_run_is_shown_as_it_was(output: Output) -> None:
    assert {name: output("show", name)[0] for name in RUNS} == {
        name: renamed(record) for name, record in EXPECTED["show"].items()
    }


def test_each_run_is_shown_as_text(
    history: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    for name in RUNS:
        assert run(["history", "show", name]) == 0
        out, err = capfdbinary.readouterr()
        assert err == b""
        assert out.startswith(f"run {name}: ".encode())
        seed = EXPECTED["show"][name]["settings"]["seed"]
        assert f" seed={seed} ".encode() in out


def test_each_run_is_identical_when_replayed(output: Output) -> None:
    replayed = [output("replay", name)[0] for name in RUNS]
    assert [record["differences"] for record in replayed] == [[]] * len(RUNS)
    assert [(record["n_completions"], record["n_programs"]) for record in replayed] == [
        (record["n_completions"], len(record["programs"])) for record in EXPECTED["show"].values()
    ]


def test_no_path_of_the_machine_that_wrote_it_is_left() -> None:
    for path in DATA.iterdir():
        text = path.read_bytes()
        assert b"/tmp/" not in text
        assert b"/root/" not in text
    assert (DATA / "history-f888c10.sqlite3").stat().st_size < 300_000

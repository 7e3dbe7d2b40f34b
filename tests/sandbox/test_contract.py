"""What every level promises: limits, stages, and that it refuses what it can't hold."""

import signal

import pytest

from gptcc_cli.errors import ExecutionRefused
from gptcc_cli.sandbox import (
    Exceeded,
    Job,
    Limits,
    Sandbox,
    Stage,
    open_sandbox,
)
from tests.sandbox.levels import call, check

# Limits


def test_wall_time_ends_a_program(sandbox: Sandbox) -> None:
    execution = sandbox.run(Job(source="while 1: pass", limits=Limits(wall_s=0.2, cpu_s=60)))
    assert (execution.exceeded, execution.signal) == (Exceeded.WALL, signal.SIGKILL)
    assert execution.wall_s >= 0.2


def test_processor_time_ends_a_program_that_has_time_left(sandbox: Sandbox) -> None:
    execution = sandbox.run(Job(source="while 1: pass", limits=Limits(wall_s=60.0, cpu_s=1.0)))
    assert execution.exceeded is Exceeded.CPU


@pytest.mark.parametrize(
    "source",
    [
        "x = bytearray(1 << 30)",
        "x = []\nwhile 1: x.append(bytes(1 << 20))",
        "x = [0] * (1 << 28)",
        "import re\ntry:\n    x = bytearray(1 << 30)\nfinally:\n    print('then')",
    ],
)
def test_memory_is_told_from_a_runtime_error(sandbox: Sandbox, source: str) -> None:
    execution = sandbox.run(Job(source=source, limits=Limits(memory_bytes=64 << 20)))
    assert execution.exceeded is Exceeded.MEMORY
    assert sandbox.run(Job(source="1 / 0")).exceeded is None


def test_memory_within_the_limit_is_there(sandbox: Sandbox) -> None:
    source = "x = bytearray(200 << 20)\nprint(len(x))"
    execution = sandbox.run(Job(source=source, limits=Limits(memory_bytes=256 << 20)))
    assert execution.stdout == b"209715200\n"
    assert execution.peak_memory_bytes is not None


def test_output_is_cut_at_its_limit_and_told(sandbox: Sandbox) -> None:
    limits = Limits(output_bytes=1000)
    over = sandbox.run(Job(source="print('x' * 1000)", limits=limits))
    assert (over.exceeded, over.stdout) == (Exceeded.OUTPUT, b"x" * 1000)
    within = sandbox.run(Job(source="print('x' * 999)", limits=limits))
    assert (within.exceeded, within.exit_code) == (None, 0)


def test_standard_error_is_cut_to_its_end_and_stops_nothing(sandbox: Sandbox) -> None:
    source = "import sys\nsys.stderr.write('e' * (40 << 20))\nsys.stderr.write('end')\nprint(1)"
    execution = sandbox.run(Job(source=source, limits=Limits(output_bytes=1000)))
    assert (execution.stdout, execution.exceeded) == (b"1\n", None)
    assert len(execution.stderr) == 64 << 10
    assert execution.stderr.endswith(b"end")


def test_limits_beyond_all_measure_are_none(sandbox: Sandbox) -> None:
    vast = Limits(wall_s=1e300, cpu_s=float("inf"), memory_bytes=1 << 70, output_bytes=1 << 40)
    assert sandbox.run(Job(source="print(1)", limits=vast)).stdout == b"1\n"
    tiny = Limits(wall_s=0.0, cpu_s=0.0, memory_bytes=0, output_bytes=0)
    assert sandbox.run(Job(source="print(1)", limits=tiny)).exceeded is not None


# Stages


@pytest.mark.parametrize("source", ["print((", "a b", "return 1", "\0", "x = '\ud800", "\tif"])
def test_what_is_no_program_fails_in_compiling(sandbox: Sandbox, source: str) -> None:
    execution = sandbox.run(Job(source=source))
    assert (execution.stage, execution.exit_code) == (Stage.COMPILE, 1)
    assert b"Error" in execution.stderr


def test_a_missing_function_is_told(sandbox: Sandbox) -> None:
    assert call(sandbox, "def g(): pass").stage is Stage.ENTRY
    assert call(sandbox, "f = 3").stage is Stage.ENTRY
    assert check(sandbox, "def g(): pass", "pass").stage is Stage.ENTRY
    assert call(sandbox, "def f(: pass").stage is Stage.COMPILE


def test_a_traceback_shows_the_program_and_nothing_else(sandbox: Sandbox) -> None:
    execution = sandbox.run(Job(source="def g():\n    return 1 / 0\ng()\n"))
    lines = execution.stderr.decode().splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert [line for line in lines if "File" in line] == [
        '  File "main.py", line 3, in <module>',
        '  File "main.py", line 2, in g',
    ]
    assert "    return 1 / 0" in lines
    assert lines[-1] == "ZeroDivisionError: division by zero"


# Refusal


def test_execution_can_be_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPTCC_EXEC", "0")
    for unsafe in (False, True):
        with pytest.raises(ExecutionRefused, match="GPTCC_EXEC=0"):
            open_sandbox(unsafe=unsafe)


def test_another_system_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "plan9")
    with pytest.raises(ExecutionRefused, match="plan9"):
        open_sandbox()


def test_a_host_that_holds_no_level_is_refused_with_its_reasons(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gptcc_cli.sandbox.box._BOOT", "raise OSError('this host says no')")
    with pytest.raises(ExecutionRefused) as refused:
        open_sandbox()
    assert "namespace: " in str(refused.value)
    assert "landlock: OSError: this host says no" in str(refused.value)


def test_a_level_that_does_not_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A probe that sees an escape must not be talked out of it."""
    monkeypatch.setattr(
        "gptcc_cli.sandbox.levels.ATTEMPTS", "print('a file could be written')", raising=True
    )
    with pytest.raises(ExecutionRefused, match="a file could be written"):
        open_sandbox()


def test_the_level_says_what_it_is_made_of(sandbox: Sandbox) -> None:
    assert sandbox.description.startswith(sandbox.level.value + ": ")

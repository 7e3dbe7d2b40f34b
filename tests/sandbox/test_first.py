"""The facts of one job."""

import pytest

from gptcc_cli.errors import ExecutionRefused
from gptcc_cli.sandbox import Call, Exceeded, Execution, Job, Limits, Stage, open_sandbox


def run(source: str, **given: object) -> Execution:
    with open_sandbox(workers=1) as sandbox:
        return sandbox.run(Job(source=source, **given))  # type: ignore[arg-type]


def test_a_program_reads_stdin_and_writes_stdout() -> None:
    execution = run("print(int(input()) + 1)\nexit(3)", stdin=b"41\n")
    assert (execution.stdout, execution.exit_code, execution.stage) == (b"42\n", 3, Stage.RUN)


def test_a_syntax_error_is_found_in_compiling() -> None:
    execution = run("print((")
    assert execution.stage is Stage.COMPILE
    assert b"SyntaxError" in execution.stderr


def test_a_call_gives_its_answer_and_its_first_argument() -> None:
    call = Call(entry_point="f", arguments_json="[[3, 1]]")
    assert run("def f(a): return tuple(sorted(a))", call=call).answer_json == "[1,3]"
    assert run("def f(a): a.sort()", call=call).arguments_after_json == "[1,3]"
    assert run("def g(a): a.sort()", call=call).stage is Stage.ENTRY


def test_limits_are_told_apart() -> None:
    assert run("while 1: pass", limits=Limits(wall_s=0.5)).exceeded is Exceeded.WALL
    assert run("x = bytearray(10**11)").exceeded is Exceeded.MEMORY
    small = Limits(output_bytes=1000)
    assert run("print('x' * 10000)", limits=small).exceeded is Exceeded.OUTPUT


def test_a_traceback_begins_in_the_program() -> None:
    execution = run("def f():\n    return 1 / 0\nf()\n")
    assert execution.exit_code == 1
    assert b"inside" not in execution.stderr
    assert b"    return 1 / 0" in execution.stderr


def test_execution_can_be_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPTCC_EXEC", "0")
    with pytest.raises(ExecutionRefused):
        open_sandbox()

"""The sandbox at every level, and the jobs that tests give it most."""

import json

import pytest

from gptcc_cli.errors import ExecutionRefused
from gptcc_cli.sandbox import Assertions, Call, Execution, Job, Level, Limits, Sandbox, open_sandbox

LEVELS = (Level.NAMESPACE, Level.LANDLOCK, Level.UNSAFE)


def opened(level: Level, workers: int = 1) -> Sandbox:
    if level is Level.UNSAFE:
        return open_sandbox(workers=workers, unsafe=True)
    try:
        return open_sandbox(workers=workers, level=level)
    except ExecutionRefused as refused:
        pytest.skip(str(refused))


def call(sandbox: Sandbox, source: str, *arguments: object, int_keys: bool = False) -> Execution:
    given = Call(entry_point="f", arguments_json=json.dumps(arguments), int_keys=int_keys)
    return sandbox.run(Job(source=source, call=given))


def check(sandbox: Sandbox, source: str, body: str, **limits: float) -> Execution:
    text = "def check(candidate):\n    " + body.replace("\n", "\n    ") + "\n"
    given = Assertions(entry_point="f", check_source=text)
    return sandbox.run(Job(source=source, assertions=given, limits=Limits(**limits)))  # type: ignore[arg-type]

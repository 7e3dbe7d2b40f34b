"""Run gptcc as its user does: a real process, real pipes."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def gptcc(tmp_path: Path) -> Command:
    """A function that runs ``gptcc ARGUMENTS...`` in ``tmp_path`` and gives back what it said."""

    def run(
        *arguments: str | Path,
        stdin: str | bytes = b"",
        env: Mapping[str, str] | None = None,
        cwd: Path = tmp_path,
        timeout_s: float = 120,
    ) -> subprocess.CompletedProcess[str]:
        root = Path(__file__).parents[2]
        done = subprocess.run(
            [sys.executable, "-m", "gptcc_cli", *map(str, arguments)],
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(root), **(env or {})},
            timeout=timeout_s,
            check=False,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )

    return run

"""Run gptcc as its user does: a real process, real pipes."""

import ctypes
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
        as_root: bool = True,
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
            preexec_fn=None if as_root else _forgo_power_over_files,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )

    return run


def _forgo_power_over_files() -> None:
    """Let permissions hold for root, too, from the next program on; others have no such power."""
    drop, override, read_search = 24, 1, 2  # PR_CAPBSET_DROP, CAP_DAC_*
    for capability in (override, read_search):
        ctypes.CDLL(None).prctl(drop, capability)

"""Run gptcc in this process with captured streams, or as its user does where a process matters."""

import ctypes
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from gptcc_cli.cli import run as run_cli

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def gptcc(tmp_path: Path) -> Command:
    """A function that runs ``gptcc ARGUMENTS...`` in ``tmp_path`` and returns what it printed.

    ``check`` forks worker processes, which a process with pytest's threads must not do, and
    libraries read some variables only when they are imported: those run in a process of their own.
    """

    def run(
        *arguments: str | Path,
        stdin: str | bytes = b"",
        env: Mapping[str, str] | None = None,
        cwd: Path = tmp_path,
        timeout_s: float = 120,
        as_root: bool = True,
        in_process: bool = True,
    ) -> subprocess.CompletedProcess[str]:
        words, variables = [*map(str, arguments)], env or {}
        data = stdin.encode() if isinstance(stdin, str) else stdin
        forks = words[:1] == ["check"] and not {"--problems", "--help"} & set(words)
        own_process = forks or not as_root or any(name.startswith("HF_") for name in variables)
        if in_process and not own_process:
            return _run_here(words, data, variables, cwd)
        done = subprocess.run(
            [sys.executable, "-m", "gptcc_cli", *words],
            input=data,
            capture_output=True,
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **variables},
            timeout=timeout_s,
            check=False,
            preexec_fn=None if as_root else _drop_power_over_files,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )

    return run


def _run_here(
    words: list[str], stdin: bytes, env: Mapping[str, str], cwd: Path
) -> subprocess.CompletedProcess[str]:
    out, err = io.BytesIO(), io.BytesIO()
    with _streams(io.BytesIO(stdin), out, err), pytest.MonkeyPatch.context() as patch:
        patch.chdir(cwd)
        for name, value in env.items():
            patch.setenv(name, value)
        try:
            code = run_cli(words)
        except SystemExit as error:  # Typer ends the process itself after a completion
            code = error.code if isinstance(error.code, int) else 1
        sys.stdout.flush()
        sys.stderr.flush()
        return subprocess.CompletedProcess(
            words, int(code), out.getvalue().decode(), err.getvalue().decode()
        )


@contextmanager
def _streams(stdin: io.BytesIO, out: io.BytesIO, err: io.BytesIO) -> Iterator[None]:
    before = sys.stdin, sys.stdout, sys.stderr
    sys.stdin = io.TextIOWrapper(stdin, encoding="utf-8")
    sys.stdout = io.TextIOWrapper(out, encoding="utf-8")
    sys.stderr = io.TextIOWrapper(err, encoding="utf-8")
    try:
        yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = before


def _drop_power_over_files() -> None:
    """Make permissions hold for root, too, from the next program on; others have no such power."""
    drop, override, read_search = 24, 1, 2  # PR_CAPBSET_DROP, CAP_DAC_*
    for capability in (override, read_search):
        ctypes.CDLL(None).prctl(drop, capability)

"""From C to a library: the machine's compiler, run once for each version of source and machine.

Takes about two seconds the first time. Does not load what it builds.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from gptcc_cli.models.cache import cache_directory

_SOURCES = ("products.c", "prompts.c", "rows.c", "blocks.c", "drawing.c")
_HEADERS = ("numbers.h", "parts.h")
_FLAGS = (
    "-std=gnu11",
    "-O3",
    "-march=native",
    "-fPIC",
    "-fopenmp",
    # What lets sums be vector sums, and no more: -ffast-math would change how the whole process
    # treats the smallest numbers, torch's float32 included.
    "-fno-math-errno",
    "-fno-trapping-math",
    "-fno-signed-zeros",
    "-fassociative-math",
    "-freciprocal-math",
    *(("-mprefer-vector-width=512",) if platform.machine() == "x86_64" else ()),
)
_LIMIT_S = 120


class NoKernels(Exception):
    """There are none on this machine, with the reason."""


def build(compiler: str | None = None) -> Path:
    """Return the compiled kernels, compiled now if this machine has not done it yet.

    Args:
        compiler: the C compiler; by default ``CC``, or else ``cc``.

    Raises:
        NoKernels: there is no compiler, it fails, or the system is not one that was tried.
    """
    if sys.platform != "linux":
        raise NoKernels(f"they were not tried on {sys.platform}")
    wanted = compiler or os.environ.get("CC") or "cc"
    found = shutil.which(wanted)
    if found is None:
        raise NoKernels(f"there is no C compiler {wanted!r}")
    target = cache_directory() / "kernels" / f"{_key(Path(found))}.so"
    if not target.exists():
        _compile(found, target)
    return target


def _key(compiler: Path) -> str:
    """Name what the result depends on: sources, flags, compiler and processor."""
    digest = hashlib.sha256(" ".join((*_FLAGS, str(compiler), platform.machine())).encode())
    stat = compiler.stat()
    digest.update(f"{stat.st_size} {stat.st_mtime_ns}".encode())
    digest.update(_processor().encode())
    for name in (*_SOURCES, *_HEADERS):
        digest.update(_text(name))
    return digest.hexdigest()[:24]


def _processor() -> str:
    """Return what this processor can do, as Linux tells it."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line for line in lines if line.lower().startswith(("flags", "features"))), "")


def _text(name: str) -> bytes:
    return (files(__package__) / name).read_bytes()


def _compile(compiler: str, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
            directory = Path(scratch)
            for name in (*_SOURCES, *_HEADERS):
                (directory / name).write_bytes(_text(name))
            _run([compiler, *_FLAGS, "-shared", "-o", "kernels.so", *_SOURCES, "-lm"], directory)
            (directory / "kernels.so").replace(target)
    except OSError as error:
        raise NoKernels(f"they can't be kept in {target.parent}: {error.strerror}") from error


def _run(command: Sequence[str], directory: Path) -> None:
    try:
        done = subprocess.run(
            command, cwd=directory, capture_output=True, text=True, check=False, timeout=_LIMIT_S
        )
    except subprocess.TimeoutExpired as error:
        raise NoKernels(f"{command[0]} took more than {_LIMIT_S} s") from error
    if done.returncode:
        first = next((line for line in done.stderr.splitlines() if "error" in line), done.stderr)
        raise NoKernels(f"{command[0]} failed: {first.strip()[:200]}")

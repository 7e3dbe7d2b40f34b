"""A user's ``.gguf`` file -> a converted directory in gptcc's cache, made once per content.

Llama-family files go through our own converter; any other through transformers' reading, which
takes minutes where ours takes seconds, once.
"""

import hashlib
import json
from pathlib import Path

from gptcc_cli.errors import ModelError
from gptcc_cli.models import cache, gguf_checkpoint
from gptcc_cli.models.spec import Fetching, FetchWatcher

_VERSION = 1
"""Grows when the conversion changes, so that old results are made again."""


def ensure(path: Path, *, progress: FetchWatcher | None = None, force: bool = False) -> Path:
    """Convert a GGUF file if that has not been done yet.

    Args:
        path: the file.
        progress: told about the steps.
        force: convert it again even if that was done.

    Returns:
        The converted directory.

    Raises:
        ModelError: the file is damaged or of a kind that nothing here can read, or the result
            can't be kept.
    """
    digest = _digest(path.resolve(), progress)
    target = cache.model_directory(f"gguf-{digest[:16]}-{_VERSION}")

    def fill(aside: Path) -> None:
        _tell(progress, f"converting {path.name}", path)
        convert(path, aside)

    return cache.make_directory(target, fill, source=str(path.resolve()), replace=force)


def convert(path: Path, directory: Path) -> None:
    """Write the checkpoint that a GGUF file holds into a directory.

    Raises:
        ModelError: the file is damaged, or nothing here can read its kind.
    """
    try:
        gguf_checkpoint.convert(path, directory)
    except gguf_checkpoint.NotCovered:
        _through_transformers(path, directory)


def _through_transformers(path: Path, directory: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, utils

    utils.logging.disable_progress_bar()
    utils.logging.set_verbosity_error()
    for made in directory.iterdir():
        made.unlink()
    where = {"pretrained_model_name_or_path": str(path.parent.resolve()), "gguf_file": path.name}
    try:
        tokenizer = AutoTokenizer.from_pretrained(**where)
        model = AutoModelForCausalLM.from_pretrained(**where, dtype=torch.bfloat16)
        for option in ("quantization_config", "_pre_quantization_dtype"):
            if hasattr(model.config, option):
                delattr(model.config, option)
        model.save_pretrained(directory)
        tokenizer.save_pretrained(directory)
    except (ValueError, KeyError, RuntimeError, OSError, ImportError, TypeError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise ModelError(
            f"{path} can't be converted: {str(error).strip().splitlines()[0][:200]}",
            hint="use the model's safetensors form, or serve the file and use --endpoint",
        ) from error


def _digest(path: Path, progress: FetchWatcher | None) -> str:
    # Hashing gigabytes at each start would cost seconds: remembered by path, size and time.
    facts = path.stat()
    known = [str(path), facts.st_size, facts.st_mtime_ns]
    name = hashlib.sha256(str(path).encode()).hexdigest()[:16]
    memo = cache.cache_directory() / "gguf-digests" / f"{name}.json"
    try:
        remembered = json.loads(memo.read_text(encoding="utf-8"))
        if remembered["file"] == known:
            return str(remembered["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not remembered, or not readable: it is computed again
    _tell(progress, f"reading {path.name}", path)
    digest = cache.sha256_of(path)
    cache.write_text(memo, json.dumps({"file": known, "sha256": digest}) + "\n")
    return digest


def _tell(progress: FetchWatcher | None, what: str, path: Path) -> None:
    if progress is not None:
        progress(Fetching(what=what, done_bytes=0, total_bytes=path.stat().st_size))

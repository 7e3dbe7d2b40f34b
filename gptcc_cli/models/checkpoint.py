"""A checkpoint's files: its configuration, and its tensors without transformers.

Covers directories as transformers writes them: safetensors, or ``pytorch_model.bin`` read with
``weights_only=True``, whole or in shards. Does not build models (``loading``), and does not read
GGUF or Flax files (they are converted first).
"""

import json
import math
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gptcc_cli.errors import ModelError

SAFETENSORS = "model.safetensors"
SAFETENSORS_INDEX = "model.safetensors.index.json"
TORCH_BIN = "pytorch_model.bin"
TORCH_BIN_INDEX = "pytorch_model.bin.index.json"
FLAX = "flax_model.msgpack"

_CONTEXT_KEYS = (
    "max_position_embeddings",
    "n_positions",
    "n_ctx",
    "max_sequence_length",
    "max_seq_len",
    "seq_length",
)
_UNKNOWN_CONTEXT = 2048
_BASE_PREFIX = {"gpt2": "transformer.", "gpt_neo": "transformer."}
# Masks and tables that old checkpoints stored beside their weights; transformers ignores them.
_STALE_SUFFIXES = (
    ".attn.bias",
    ".attn.masked_bias",
    ".attn.attention.bias",
    ".attn.attention.masked_bias",
    ".rotary_emb.inv_freq",
)


def read_config(directory: Path) -> dict[str, Any]:
    """The checkpoint's ``config.json``.

    Raises:
        ModelError: it is missing, or is not a JSON object.
    """
    path = directory / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelError(
            f"{directory} is not a model directory: it has no config.json",
            hint="name a directory that save_pretrained wrote, a .gguf file, or a hub id",
        ) from error
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} can't be read: {error}", hint=_PULL_AGAIN) from error
    if not isinstance(config, dict):
        raise ModelError(f"{path} is not a JSON object", hint=_PULL_AGAIN)
    return config


def weight_files(directory: Path) -> tuple[Path, ...]:
    """The files that hold the tensors: safetensors if there are any, else ``.bin``.

    Empty if there are none, or if an index names a file that is not there.
    """
    for whole, index in ((SAFETENSORS, SAFETENSORS_INDEX), (TORCH_BIN, TORCH_BIN_INDEX)):
        if (directory / whole).is_file():
            return (directory / whole,)
        if (directory / index).is_file():
            names = _shard_names(directory / index)
            paths = tuple(directory / name for name in names)
            return paths if paths and all(path.is_file() for path in paths) else ()
    return ()


def weight_bytes(directory: Path) -> int:
    """Bytes of the weight files on disk."""
    return sum(path.stat().st_size for path in weight_files(directory))


def count_parameters(directory: Path) -> int | None:
    """How many numbers the weights have, by the headers of safetensors or the size of ``.bin``."""
    files = weight_files(directory)
    if not files:
        return None
    try:
        if all(path.suffix == ".safetensors" for path in files):
            return sum(map(_safetensors_numbers, files))
        config = read_config(directory)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    dtype = str(config.get("dtype") or config.get("torch_dtype") or "float32")
    return weight_bytes(directory) // (2 if "16" in dtype else 4)


def _safetensors_numbers(path: Path) -> int:
    # Eight bytes give the length of a JSON header: github.com/huggingface/safetensors
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(min(length, 100_000_000)))
    shapes = [entry["shape"] for name, entry in header.items() if name != "__metadata__"]
    return sum(math.prod(shape) for shape in shapes)


def context_length(config: Mapping[str, Any]) -> int | None:
    """Tokens the model can attend to; ``None``: its configuration does not say."""
    nested = config.get("text_config")
    for source in (config, nested if isinstance(nested, dict) else {}):
        for key in _CONTEXT_KEYS:
            value = source.get(key)
            if isinstance(value, int) and value > 0:
                return value
    return None


def assumed_context_length(config: Mapping[str, Any]) -> tuple[int, str | None]:
    """The same, with an assumption and a note where the configuration does not say."""
    length = context_length(config)
    if length is not None:
        return length, None
    return _UNKNOWN_CONTEXT, f"context {_UNKNOWN_CONTEXT} tokens: the model does not say"


def end_tokens(directory: Path, config: Mapping[str, Any]) -> frozenset[int]:
    """The end tokens that the model's own configuration and generation settings name."""
    found: set[int] = set()
    for source in (config, read_json(directory / "generation_config.json")):
        value = source.get("eos_token_id")
        values = value if isinstance(value, list) else [value]
        found.update(number for number in values if isinstance(number, int) and number >= 0)
    return frozenset(found)


def read_weights(directory: Path, *, dtype: str, model_type: str) -> dict[str, Any]:
    """Read every tensor of a checkpoint.

    Args:
        directory: the checkpoint.
        dtype: floats are cast to this; a torch dtype's name.
        model_type: the configuration's, for old checkpoints that leave out the base's prefix.

    Returns:
        Tensors on the CPU by transformers' names; memory-mapped where no cast was needed.

    Raises:
        ModelError: a file is damaged, or there is none.
    """
    import torch

    wanted = getattr(torch, dtype)
    tensors: dict[str, Any] = {}
    for path in weight_files(directory):
        for name, tensor in _read_file(path):
            if not name.endswith(_STALE_SUFFIXES):
                tensors[name] = tensor.to(wanted) if tensor.is_floating_point() else tensor
    if not tensors:
        raise no_weights(directory)
    return _with_base_prefix(tensors, _BASE_PREFIX.get(model_type, "model."))


def no_weights(directory: Path) -> ModelError:
    """The error for a directory without usable weights."""
    return ModelError(
        f"{directory} has no whole set of weights (model.safetensors or pytorch_model.bin)",
        hint=_PULL_AGAIN,
    )


def damaged(path: Path, why: object) -> ModelError:
    """The error for a weights file that can't be read."""
    return ModelError(f"the weights file {path} is damaged: {first_line(why)}", hint=_PULL_AGAIN)


def first_line(why: object) -> str:
    """The first line of an error's words, short enough for a sentence."""
    text = str(why).strip()
    return text.splitlines()[0].rstrip(".:")[:200] if text else type(why).__name__


_PULL_AGAIN = "fetch it again: gptcc models pull --force NAME"


def _read_file(path: Path) -> Iterator[tuple[str, Any]]:
    import pickle

    if path.suffix == ".safetensors":
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            yield from load_file(path).items()
        except (SafetensorError, OSError) as error:
            raise damaged(path, error) from error
        return
    import torch

    try:
        # Files of torch before 1.6 are no zip archives and can't be memory-mapped.
        mmap = zipfile.is_zipfile(path)
        loaded = torch.load(path, map_location="cpu", weights_only=True, mmap=mmap)
    except (RuntimeError, OSError, EOFError, ValueError, pickle.UnpicklingError) as error:
        raise damaged(path, error) from error
    if not isinstance(loaded, dict):
        raise damaged(path, "it holds no dictionary of tensors")
    yield from loaded.items()


def _with_base_prefix(tensors: dict[str, Any], prefix: str) -> dict[str, Any]:
    if any(name.startswith(prefix) for name in tensors):
        return tensors
    return {
        name if name.startswith("lm_head.") else prefix + name: tensor
        for name, tensor in tensors.items()
    }


def _shard_names(index: Path) -> tuple[str, ...]:
    weight_map = read_json(index).get("weight_map")
    if not isinstance(weight_map, dict):
        return ()
    return tuple(sorted({name for name in weight_map.values() if isinstance(name, str)}))


def read_json(path: Path) -> dict[str, Any]:
    """Return a JSON object of a checkpoint; empty if there is no such file, or no object in it.

    Raises:
        ModelError: the file can't be read.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} can't be read: {error}", hint=_PULL_AGAIN) from error
    return value if isinstance(value, dict) else {}

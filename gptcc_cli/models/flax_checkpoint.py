"""A checkpoint of Flax -> one that transformers reads. Needs neither Flax nor JAX.

Covers ``flax_model.msgpack`` of GPT-2 and GPT-Neo, whole or in shards. The format, from
github.com/google/flax (``serialization.py``): msgpack, where extension 1 holds an array as
``packb((shape, dtype name, bytes))``, extension 3 a numpy scalar the same way, extension 2 a
complex number; arrays above 1 GiB are dictionaries with ``__msgpack_chunked_array__``.

Names become transformers' own: ``embedding`` and ``scale`` are ``weight``; ``kernel`` is the
transposed ``weight`` (GPT-2's too: Flax stores its ``Conv1D`` the other way round); the head is
tied to the embedding.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gptcc_cli.errors import ModelError
from gptcc_cli.models import cache, checkpoint
from gptcc_cli.models.spec import Fetching, FetchWatcher
from gptcc_cli.models.torch_runtime import start_torch

_VERSION = 1
_INDEX = "flax_model.msgpack.index.json"
_CHUNKED = "__msgpack_chunked_array__"
_KINDS = ("gpt_neo", "gpt2")


def is_flax_only(directory: Path) -> bool:
    """Whether a directory has Flax weights and no others."""
    has_flax = (directory / checkpoint.FLAX).is_file() or (directory / _INDEX).is_file()
    return has_flax and not checkpoint.weight_files(directory)


def ensure(directory: Path, *, progress: FetchWatcher | None = None) -> Path:
    """Convert a Flax checkpoint if that has not been done yet.

    Args:
        directory: configuration, tokenizer and Flax weights.
        progress: told about the steps.

    Returns:
        The converted directory, in gptcc's cache, by the content of the weights.

    Raises:
        ModelError: the weights are damaged or of a model not covered, or can't be kept.
    """
    digest = "".join(cache.sha256_of(path) for path in _weight_files(directory))
    target = cache.model_directory(f"flax-{digest[:16]}-{_VERSION}")

    def fill(aside: Path) -> None:
        if progress is not None:
            what = f"converting the Flax weights of {directory.name}"
            progress(Fetching(what=what, done_bytes=0, total_bytes=None))
        convert(directory, aside)

    return cache.make_directory(target, fill, source=str(directory.resolve()))


def convert(source: Path, directory: Path) -> None:
    """Write what a Flax checkpoint holds as safetensors, with its configuration and tokenizer.

    Raises:
        ModelError: the weights are damaged, or of a model not covered.
        OSError: the directory can't be written.
    """
    start_torch()
    from safetensors.torch import save_file

    kind = checkpoint.read_config(source).get("model_type")
    if kind not in _KINDS:
        raise ModelError(
            f"{source} has only Flax weights of a {kind} model, which gptcc does not convert",
            hint="use a checkpoint with safetensors",
        )
    tensors: dict[str, Any] = {}
    for path in _weight_files(source):
        for name, array in _flat(_unpack(path)):
            tensors.update([_renamed(name, array)])
    save_file(tensors, directory / checkpoint.SAFETENSORS, metadata={"format": "pt"})
    for path in source.iterdir():
        if path.is_file() and path.suffix in (".json", ".txt", ".jinja", ".model"):
            shutil.copyfile(path, directory / path.name)


def _weight_files(directory: Path) -> tuple[Path, ...]:
    whole = directory / checkpoint.FLAX
    if whole.is_file():
        return (whole,)
    weight_map = json.loads((directory / _INDEX).read_text(encoding="utf-8"))["weight_map"]
    return tuple(directory / name for name in sorted(set(weight_map.values())))


def _unpack(path: Path) -> Mapping[str, Any]:
    import msgpack

    try:
        tree = msgpack.unpackb(
            path.read_bytes(), ext_hook=_extension, raw=False, strict_map_key=False
        )
    except (
        ValueError,
        TypeError,
        KeyError,
        RuntimeError,
        msgpack.exceptions.UnpackException,
    ) as error:
        raise checkpoint.damaged(path, error) from error
    if not isinstance(tree, dict):
        raise checkpoint.damaged(path, "it holds no tree of arrays")
    return tree


def _extension(code: int, data: bytes) -> Any:
    import msgpack

    if code not in (1, 3):
        raise ValueError(f"an extension {code} has no place among weights")
    shape, dtype, values = msgpack.unpackb(data, raw=False)
    return _array(shape, dtype, values)


def _array(shape: list[int], dtype: str, values: bytes) -> Any:
    import torch

    kind = getattr(torch, dtype, None)
    if not isinstance(kind, torch.dtype):
        raise ValueError(f"{dtype} is no dtype of weights")
    if not values:
        return torch.empty(shape, dtype=kind)
    return torch.frombuffer(bytearray(values), dtype=kind).reshape(shape)


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and _CHUNKED in value:
            yield name, _joined(value)
        elif isinstance(value, dict):
            yield from _flat(value, name + ".")
        else:
            yield name, value


def _joined(value: Mapping[str, Any]) -> Any:
    import torch

    shape = [value["shape"][key] for key in sorted(value["shape"], key=int)]
    chunks = [value["chunks"][key].flatten() for key in sorted(value["chunks"], key=int)]
    return torch.cat(chunks).reshape(shape)


def _renamed(name: str, array: Any) -> tuple[str, Any]:
    base, _, last = name.rpartition(".")
    if last in ("embedding", "scale"):
        return f"{base}.weight", array.contiguous()
    if last == "kernel":
        return f"{base}.weight", array.T.contiguous()
    return name, array.contiguous()

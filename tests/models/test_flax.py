"""Checkpoints with Flax weights alone, written here as Flax writes them, converted exactly."""

import json
import shutil
from pathlib import Path
from typing import Any

import msgpack
import pytest

from gptcc_cli.errors import ModelError
from gptcc_cli.models import LoadedModel, ModelSpec, find, load
from tests.tiny_models import build_tiny_model


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPTCC_CACHE", str(tmp_path / "cache"))


def pack(array: Any) -> msgpack.ExtType:
    """An array as flax.serialization packs it."""
    return msgpack.ExtType(1, msgpack.packb((array.shape, array.dtype.name, array.tobytes())))


def chunked(array: Any) -> dict[str, Any]:
    """An array above the limit of one chunk, in pieces."""
    flat = array.flatten()
    half = len(flat) // 2
    return {
        "__msgpack_chunked_array__": True,
        "shape": {str(i): size for i, size in enumerate(array.shape)},
        "chunks": {"0": pack(flat[:half]), "1": pack(flat[half:])},
    }


def as_flax(source: Path, target: Path) -> Path:
    """Turn a checkpoint of transformers into one with Flax weights alone."""
    from safetensors.numpy import load_file

    shutil.copytree(source, target)
    tree: dict[str, Any] = {}
    for name, array in load_file(source / "model.safetensors").items():
        *path, last = name.split(".")
        if last == "weight" and "wte" in path:
            leaf, value = "embedding", chunked(array)
        elif last == "weight" and "wpe" in path:
            leaf, value = "embedding", pack(array)
        elif last == "weight" and array.ndim == 1:
            leaf, value = "scale", pack(array)
        elif last == "weight":
            leaf, value = "kernel", pack(array.T.copy())
        else:
            leaf, value = last, pack(array)
        node = tree
        for part in path:
            node = node.setdefault(part, {})
        node[leaf] = value
    (target / "flax_model.msgpack").write_bytes(msgpack.packb(tree))
    (target / "model.safetensors").unlink()
    return target


def load_named(path: Path) -> LoadedModel:
    return load(find(ModelSpec(name=str(path), dtype="float32", device="cpu")))


@pytest.mark.parametrize("family", ["gpt_neo", "gpt2"])
def test_converted_weights_are_the_same_bytes(tmp_path: Path, family: str) -> None:
    import torch

    original = build_tiny_model(tmp_path / "model", family)
    loaded = load_named(as_flax(original, tmp_path / "flax"))
    assert loaded.weights is not None
    weights, expected = loaded.weights(), load_named(original).model.state_dict()
    assert set(expected) - set(weights) == {"lm_head.weight"}
    assert all(torch.equal(tensor, expected[name]) for name, tensor in weights.items())
    assert torch.equal(loaded.model.lm_head.weight, expected["lm_head.weight"])
    assert loaded.tokenizer.encode("def solve():") == load_named(original).tokenizer.encode(
        "def solve():"
    )


def test_a_directory_with_other_weights_too_is_used_as_it_is(
    tiny_model_dir: Path, tmp_path: Path
) -> None:
    flax = as_flax(tiny_model_dir, tmp_path / "flax")
    shutil.copy(tiny_model_dir / "model.safetensors", flax)
    (flax / "flax_model.msgpack").write_bytes(b"never read")
    assert find(ModelSpec(name=str(flax))).path == flax


@pytest.mark.parametrize("content", [b"", b"\xc1\xc1", msgpack.packb([1, 2]), msgpack.packb("x")])
def test_damaged_flax_weights_are_one_sentence(
    tiny_model_dir: Path, tmp_path: Path, content: bytes
) -> None:
    flax = as_flax(tiny_model_dir, tmp_path / "flax")
    (flax / "flax_model.msgpack").write_bytes(content)
    with pytest.raises(ModelError, match=r"flax_model\.msgpack is damaged"):
        find(ModelSpec(name=str(flax)))


def test_truncated_flax_weights_are_one_sentence(tiny_model_dir: Path, tmp_path: Path) -> None:
    flax = as_flax(tiny_model_dir, tmp_path / "flax")
    path = flax / "flax_model.msgpack"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ModelError, match="is damaged"):
        find(ModelSpec(name=str(flax)))


def test_other_models_in_flax_are_refused(tiny_model_dir: Path, tmp_path: Path) -> None:
    flax = as_flax(tiny_model_dir, tmp_path / "flax")
    (flax / "config.json").write_text(json.dumps({"model_type": "llama"}))
    with pytest.raises(ModelError, match="only Flax weights of a llama model"):
        find(ModelSpec(name=str(flax)))

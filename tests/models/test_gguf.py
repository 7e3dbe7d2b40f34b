"""GGUF files: converted once to the same numbers and tokens, refused when they are damaged."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from gptcc_cli.errors import ModelError
from gptcc_cli.models import LoadedModel, ModelSpec, find, load
from gptcc_cli.models.gguf_checkpoint import _pre_tokenizer
from tests.models.tiny_gguf import write_gguf
from tests.tiny_models import build_tiny_model

TEXT = "def solve():\n    n = int(input())\n    print(sum(map(int, input().split())))\n"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GPTCC_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def rounded(model: Any) -> Any:
    """The model with its weights rounded to bfloat16, still computing in float32."""
    import torch

    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(parameter.to(torch.bfloat16).float())
    return model


def load_named(path: Path) -> LoadedModel:
    return load(find(ModelSpec(name=str(path), dtype="float32", device="cpu")))


@pytest.mark.parametrize("family", ["llama", "qwen2"])
@pytest.mark.parametrize("tied", [True, False])
def test_a_converted_file_is_the_model_rounded_to_bfloat16(
    tmp_path: Path, family: str, tied: bool
) -> None:
    import torch

    original = build_tiny_model(tmp_path / "model", family, chat=True, tie_word_embeddings=tied)
    loaded = load_named(write_gguf(original, tmp_path / "tiny.gguf"))
    assert loaded.weights is not None
    weights = loaded.weights()
    expected = load_named(original).model.state_dict()
    assert set(expected) - set(weights) == ({"lm_head.weight"} if tied else set())
    for name, tensor in weights.items():
        assert torch.equal(tensor, expected[name].to(torch.bfloat16).float()), name
    ids = torch.tensor([loaded.tokenizer.encode(TEXT)])
    reference = rounded(load_named(original).model)
    with torch.inference_mode():
        assert torch.allclose(loaded.model(ids).logits, reference(ids).logits, atol=1e-4)


def test_tokenizer_chat_and_end_tokens_survive(tmp_path: Path) -> None:
    original = build_tiny_model(tmp_path / "model", "llama", chat=True)
    converted = load_named(write_gguf(original, tmp_path / "tiny.gguf"))
    plain = load_named(original)
    chat = [{"role": "user", "content": TEXT}]
    text = plain.tokenizer.render_chat(chat)
    assert converted.tokenizer.render_chat(chat) == text
    assert converted.tokenizer.encode(text) == plain.tokenizer.encode(text)
    assert converted.end_tokens == plain.end_tokens
    assert converted.context_length == plain.context_length


@pytest.mark.slow
def test_greedy_text_equals_transformers_own_reading(tmp_path: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    path = write_gguf(build_tiny_model(tmp_path / "model", "llama"), tmp_path / "tiny.gguf")
    loaded = load_named(path)
    reference = rounded(
        AutoModelForCausalLM.from_pretrained(tmp_path, gguf_file=path.name, dtype=torch.float32)
    )
    ids = torch.tensor([loaded.tokenizer.encode(TEXT)])
    settings = {"do_sample": False, "max_new_tokens": 40, "eos_token_id": 0, "pad_token_id": 0}
    mask = torch.ones_like(ids)
    assert torch.equal(
        loaded.model.generate(ids, attention_mask=mask, **settings),
        reference.generate(ids, attention_mask=mask, **settings),
    )


def test_a_file_is_converted_once_by_its_content(tmp_path: Path, own_cache: Path) -> None:
    path = write_gguf(build_tiny_model(tmp_path / "model", "llama"), tmp_path / "tiny.gguf")
    first = find(ModelSpec(name=str(path)))
    made = (first.path / "model.safetensors").stat().st_mtime_ns
    moved = path.rename(tmp_path / "moved.gguf")
    second = find(ModelSpec(name=str(moved)))
    assert second.path == first.path and second.name == "moved"
    assert (second.path / "model.safetensors").stat().st_mtime_ns == made


def test_a_file_that_changed_is_converted_again(tmp_path: Path) -> None:
    path = write_gguf(build_tiny_model(tmp_path / "a", "llama"), tmp_path / "tiny.gguf")
    first = find(ModelSpec(name=str(path)))
    write_gguf(build_tiny_model(tmp_path / "b", "llama", num_hidden_layers=1), path)
    os.utime(path, ns=(1, 1))
    assert find(ModelSpec(name=str(path))).path != first.path


@pytest.mark.parametrize("keep", [0, 3, 100, 5000, -1000])
def test_a_damaged_file_is_one_sentence(tmp_path: Path, keep: int, own_cache: Path) -> None:
    path = write_gguf(build_tiny_model(tmp_path / "model", "llama"), tmp_path / "tiny.gguf")
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ModelError, match="no whole GGUF file"):
        find(ModelSpec(name=str(path)))
    assert not list((own_cache / "models").glob("gguf-*/"))


def test_a_file_of_another_kind_is_no_model(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(b"something")
    with pytest.raises(ModelError, match=r"no \.gguf file"):
        find(ModelSpec(name=str(path)))


def test_a_kind_that_nothing_reads_is_one_sentence(tmp_path: Path) -> None:
    model = build_tiny_model(tmp_path / "model", "llama")
    path = write_gguf(model, tmp_path / "tiny.gguf", architecture="notamodel")
    with pytest.raises(ModelError, match="can't be converted"):
        find(ModelSpec(name=str(path)))


@pytest.mark.parametrize(
    ("name", "pieces"),
    [
        ("gpt-2", ["it", "'s", "Ġ2024"]),
        ("smollm", ["it", "'s", "Ġ", "2", "0", "2", "4"]),
        ("qwen2", ["it", "'s", "Ġ", "2", "0", "2", "4"]),
        ("llama-bpe", ["it", "'s", "Ġ", "202", "4"]),
    ],
)
def test_text_is_cut_as_each_family_cuts_it(name: str, pieces: list[str]) -> None:
    cut = _pre_tokenizer(name).pre_tokenize_str("it's 2024")
    assert [piece for piece, _ in cut] == pieces


def test_a_converted_file_is_listed(tmp_path: Path) -> None:
    from gptcc_cli.models import list_cached

    path = write_gguf(build_tiny_model(tmp_path / "model", "llama"), tmp_path / "tiny.gguf")
    find(ModelSpec(name=str(path)))
    (model,) = (m for m in list_cached() if m.kind == "converted")
    assert (model.name, model.usable) == (str(path), True)
    assert json.loads((model.path / "config.json").read_text())["model_type"] == "llama"

"""LoRA adapters that peft wrote: merged into the weights, refused when they do not belong."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from gptcc_cli.errors import ModelError
from gptcc_cli.generation import Sampling, open_generator
from gptcc_cli.models import (
    EMBEDDED_MODEL,
    NO_ADAPTER,
    LoadedModel,
    ModelSpec,
    embedded,
    find,
    load,
    lora,
)
from tests.generation.tiny import prompt_of, request_of
from tests.tiny_models import build_tiny_model

pytest.importorskip("peft", reason="peft is an extra: gptcc[lora]")
# peft asks transformers for a property by its old name.
pytestmark = pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing:FutureWarning")


def with_adapter(base: Path, adapter: Path | str) -> LoadedModel:
    spec = ModelSpec(name=str(base), dtype="float32", device="cpu", adapter=str(adapter))
    return load(find(spec))


@pytest.fixture(scope="module")
def adapter_dir(tiny_chat_model_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An adapter with numbers that are not zero, as training leaves them."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(tiny_chat_model_dir)
    config = LoraConfig(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"])
    adapted = get_peft_model(model, config)
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(1)
        for name, parameter in adapted.named_parameters():
            if "lora_" in name:
                parameter.normal_(0, 0.2)
    directory = tmp_path_factory.mktemp("adapter")
    adapted.save_pretrained(directory)
    return directory


def test_the_adapter_is_merged_into_model_and_weights(
    tiny_chat_model_dir: Path, adapter_dir: Path
) -> None:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(tiny_chat_model_dir)
    plain = base.state_dict()["model.layers.0.self_attn.q_proj.weight"].clone()
    reference = PeftModel.from_pretrained(base, adapter_dir).eval()
    loaded = with_adapter(tiny_chat_model_dir, adapter_dir)
    ids = torch.tensor([loaded.tokenizer.encode("def solve():\n")])
    with torch.inference_mode():
        expected = reference(ids).logits
        assert torch.allclose(loaded.model(ids).logits, expected, rtol=1e-4, atol=1e-4)
    assert loaded.weights is not None
    merged = loaded.weights()["model.layers.0.self_attn.q_proj.weight"]
    assert not torch.equal(merged, plain)


def test_an_adapter_of_another_model_is_refused(tmp_path: Path, adapter_dir: Path) -> None:
    other = build_tiny_model(tmp_path / "other", "llama", hidden_size=24, num_attention_heads=6)
    with pytest.raises(ModelError, match="does not fit this model"):
        _ = with_adapter(other, adapter_dir).model


@pytest.mark.parametrize("name", ["/no/such/adapter", "not a name!"])
def test_an_adapter_that_is_not_there_is_one_sentence(tiny_chat_model_dir: Path, name: str) -> None:
    with pytest.raises(ModelError, match="there is no adapter"):
        with_adapter(tiny_chat_model_dir, name)


def test_a_directory_that_is_no_adapter_is_refused(tiny_chat_model_dir: Path) -> None:
    with pytest.raises(ModelError, match="no LoRA adapter"):
        with_adapter(tiny_chat_model_dir, tiny_chat_model_dir)


def test_plain_adapters_are_merged_as_peft_does_and_without_peft(
    tiny_chat_model_dir: Path, adapter_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(tiny_chat_model_dir)
    expected = PeftModel.from_pretrained(base, adapter_dir).merge_and_unload().state_dict()
    monkeypatch.setitem(sys.modules, "peft", None)
    loaded = with_adapter(tiny_chat_model_dir, adapter_dir)
    assert loaded.weights is not None
    for tensors in (loaded.weights(), loaded.model.state_dict()):
        for name, tensor in expected.items():
            if name in tensors:  # a tied head may be absent
                assert torch.allclose(tensors[name], tensor, rtol=1e-5, atol=1e-6), name


def test_rank_stabilised_adapters_are_scaled_by_the_root(
    tiny_chat_model_dir: Path, adapter_dir: Path, tmp_path: Path
) -> None:
    import torch

    shutil.copytree(adapter_dir, tmp_path / "rs")
    config = json.loads((adapter_dir / "adapter_config.json").read_text())
    (tmp_path / "rs" / "adapter_config.json").write_text(json.dumps(config | {"use_rslora": True}))
    name = "model.layers.0.self_attn.q_proj.weight"
    plain, once, twice = (
        loaded.weights()[name]  # type: ignore[misc]
        for loaded in (
            load(find(ModelSpec(name=str(tiny_chat_model_dir), dtype="float32", device="cpu"))),
            with_adapter(tiny_chat_model_dir, adapter_dir),
            with_adapter(tiny_chat_model_dir, tmp_path / "rs"),
        )
    )
    # Rank 4: alpha / sqrt(4) is twice alpha / 4.
    assert torch.allclose(twice - plain, 2 * (once - plain), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "change",
    [
        {"use_dora": True},
        {"bias": "all"},
        {"modules_to_save": ["lm_head"]},
        {"rank_pattern": {"q_proj": 2}},
        {"fan_in_fan_out": True},
        {"peft_type": "LOHA"},
        {"init_lora_weights": "pissa"},
        {"init_lora_weights": "some_later_start"},
        {"layer_replication": [[0, 2], [1, 2]]},
        {"a_field_of_a_later_peft": False},
    ],
)
def test_adapters_that_do_more_are_left_to_peft(
    adapter_dir: Path, tmp_path: Path, change: dict[str, object]
) -> None:
    other = _changed(adapter_dir, tmp_path, change)

    assert lora.why_peft(adapter_dir) is None
    assert next(iter(change)) in (lora.why_peft(other) or "")


@pytest.mark.parametrize(
    "change",
    [
        {"init_lora_weights": "gaussian"},
        {"layers_to_transform": [0], "layers_pattern": "layers"},
        {"modules_to_save": []},
        {"a_field_of_a_later_peft": None},
    ],
)
def test_fields_that_change_nothing_do_not_call_for_peft(
    adapter_dir: Path, tmp_path: Path, change: dict[str, object]
) -> None:
    assert lora.why_peft(_changed(adapter_dir, tmp_path, change)) is None


def test_every_field_of_the_installed_peft_is_known_with_its_default() -> None:
    """A field that is new is left to peft until its meaning has been looked at here."""
    from peft import LoraConfig

    written = LoraConfig().to_dict()
    for name, default in lora.DEFAULTS.items():
        assert written.get(name, default) == default, name
    assert written.keys() <= {*lora.DEFAULTS, *lora.NEUTRAL, "r", "lora_alpha", "use_rslora"}


VARIANTS: dict[str, dict[str, Any]] = {
    "pissa": {"init_lora_weights": "pissa"},
    "olora": {"init_lora_weights": "olora"},
    "eva": {"init_lora_weights": "eva"},
    "orthogonal": {"init_lora_weights": "orthogonal"},
    "dora": {"use_dora": True},
    "biases": {"bias": "all"},
    "biases of B": {"lora_bias": True},
    "whole modules": {"modules_to_save": ["lm_head"]},
    "ranks": {"rank_pattern": {"q_proj": 2}},
    "alphas": {"alpha_pattern": {"q_proj": 2}},
    "tokens": {"trainable_token_indices": [1, 2]},
    "replicated layers": {"layer_replication": [[0, 2], [1, 2]]},
    "embedding": {"target_modules": ["embed_tokens", "q_proj"]},
    "tied head": {"target_modules": ["lm_head", "q_proj"]},
    "some layers": {"layers_to_transform": [0], "layers_pattern": "layers"},
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("variant", VARIANTS)
def test_whatever_an_adapter_does_the_logits_are_those_it_was_saved_with(
    tiny_chat_model_dir: Path, tmp_path: Path, variant: str
) -> None:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(tiny_chat_model_dir)
    settings = {"r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "v_proj"]}
    trained = get_peft_model(base, LoraConfig(**(settings | VARIANTS[variant]))).eval()
    ids = torch.arange(1, 40)[None]
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(1)
        for parameter in trained.parameters():
            if parameter.requires_grad:
                parameter.add_(0.1 * torch.randn_like(parameter))
        expected = trained(ids).logits
        trained.save_pretrained(tmp_path)

        loaded = with_adapter(tiny_chat_model_dir, tmp_path)

        assert torch.allclose(loaded.model(ids).logits, expected, rtol=1e-3, atol=1e-3)
    assert list(
        open_generator(loaded).generate(
            [request_of(prompt_of("a"))], Sampling(n=1, max_new_tokens=4)
        )
    )


@pytest.mark.parametrize("start", ["pissa_niter_4", "corda", "loftq", "lora_ga"])
def test_an_adapter_of_weights_that_are_lost_is_refused_with_the_field(
    tiny_chat_model_dir: Path, adapter_dir: Path, tmp_path: Path, start: str
) -> None:
    other = _changed(adapter_dir, tmp_path, {"init_lora_weights": start})

    with pytest.raises(ModelError, match=f"init_lora_weights '{start}'"):
        with_adapter(tiny_chat_model_dir, other)


def test_without_peft_the_field_that_needs_it_is_named(
    tiny_chat_model_dir: Path, adapter_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = _changed(adapter_dir, tmp_path, {"use_dora": True})
    monkeypatch.setitem(sys.modules, "peft", None)

    with pytest.raises(ModelError, match="use_dora") as caught:
        _ = with_adapter(tiny_chat_model_dir, other).model

    assert "gptcc[lora]" in (caught.value.hint or "")


def _changed(adapter_dir: Path, tmp_path: Path, change: dict[str, object]) -> Path:
    directory = tmp_path / "other"
    shutil.copytree(adapter_dir, directory)
    config = json.loads((adapter_dir / "adapter_config.json").read_text())
    (directory / "adapter_config.json").write_text(json.dumps(config | change))
    return directory


def test_the_embedded_model_comes_with_its_adapter_unless_none_is_asked_for(
    tiny_chat_model_dir: Path, adapter_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "ensure", lambda **_: (tiny_chat_model_dir, None))
    monkeypatch.setattr(embedded, "ADAPTER", adapter_dir)
    assert find(ModelSpec(name=EMBEDDED_MODEL)).adapter == adapter_dir
    assert find(ModelSpec(name=EMBEDDED_MODEL, adapter=NO_ADAPTER)).adapter is None
    assert find(ModelSpec(name=str(tiny_chat_model_dir), adapter=NO_ADAPTER)).adapter is None
    monkeypatch.setattr(embedded, "ADAPTER", adapter_dir / "absent")
    assert find(ModelSpec(name=EMBEDDED_MODEL)).adapter is None

"""LoRA adapters that peft wrote: merged into the weights, refused when they do not belong."""

from pathlib import Path

import pytest

from gptcc_cli.errors import ModelError
from gptcc_cli.models import LoadedModel, ModelSpec, find, load
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

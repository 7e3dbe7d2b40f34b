import pytest
import torch

from gptcc_cli.generation import Sampling, open_generator
from gptcc_cli.generation.engine import LocalEngine
from gptcc_cli.generation.engine.linear import EightBit, EightBitLinear
from gptcc_cli.models import ModelSpec, Quantize, find, load
from tests.generation.tiny import prompt_of, request_of
from tests.tiny_models import build_tiny_model


def _matrix(n_out, n_in, seed=0):
    generator = torch.Generator().manual_seed(seed)
    codes = torch.randint(-127, 128, (n_out, n_in), generator=generator, dtype=torch.int8)
    return EightBit(codes=codes, scales=torch.rand(n_out, generator=generator) + 0.1)


@pytest.mark.parametrize("rows", [1, 5, 32])
@torch.inference_mode()
def test_a_product_is_as_near_as_two_parts_of_eight_bits_allow(rows):
    weight, bias = _matrix(96, 64), torch.randn(96)
    x = torch.randn(rows, 64) * torch.logspace(-3, 3, rows)[:, None]
    exact = x.double() @ (weight.codes.double() * weight.scales.double()[:, None]).t()

    product = EightBitLinear(weight, None, "relu")(x)
    added = EightBitLinear(weight, bias, "relu")(x)

    error = (product.double() - exact).abs().amax(-1) / exact.abs().amax(-1)
    assert float(error.max()) < 1e-4
    assert torch.allclose(added, product + bias)


@torch.inference_mode()
def test_what_follows_a_product_is_done():
    linear = EightBitLinear(_matrix(8, 16), torch.randn(8), "relu")
    x, other = torch.randn(3, 16), torch.randn(3, 8)

    assert torch.equal(linear.activated(x), linear(x).relu())
    assert torch.allclose(linear.plus(x, other), linear(x) + other)
    assert torch.allclose(linear.times(x, other), linear(x) * other)


@torch.inference_mode()
def test_a_row_of_zeros_is_no_division_by_zero():
    assert EightBitLinear(_matrix(8, 16), None, "relu")(torch.zeros(2, 16)).eq(0).all()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("family", ["gpt_neo", "llama", "qwen2"])
def test_weights_of_bitsandbytes_are_computed_with_as_they_are(family, tmp_path):
    """The same codes and scales in float32 arithmetic are the truth."""
    from gptcc_cli.generation.engine.decoder import Decoder
    from gptcc_cli.generation.engine.linear import eight_bit_tensors

    path = build_tiny_model(tmp_path / family, family)
    found = find(ModelSpec(name=str(path), quantize=Quantize.EIGHT_BIT, device="cpu"))
    loaded = load(found)
    engine = open_generator(loaded)
    tensors = eight_bit_tensors(loaded.model)
    exact = {
        name: t.codes.float() * t.scales[:, None] if isinstance(t, EightBit) else t.float()
        for name, t in tensors.items()
    }
    ids = list(range(5, 60))
    truth = Decoder(loaded.config, lambda: exact, "cpu").read(ids).logits.float()

    assert isinstance(engine, LocalEngine)
    assert "8 bits" in engine.notes[0]
    assert any(isinstance(tensor, EightBit) for tensor in tensors.values())
    ours = engine._decoder.read(ids).logits.float()
    assert float((ours - truth).abs().max() / truth.abs().max()) < 0.05
    (completion,) = engine.generate([request_of(prompt_of("a"))], Sampling(max_new_tokens=5))
    assert completion.n_tokens


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_quantized_weights_under_an_adapter_are_left_to_transformers(tmp_path, caplog):
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    path = build_tiny_model(tmp_path / "llama", "llama")
    adapted = get_peft_model(
        AutoModelForCausalLM.from_pretrained(path),
        LoraConfig(r=2, target_modules=["q_proj", "v_proj"]),
    )
    adapted.save_pretrained(tmp_path / "adapter")
    spec = ModelSpec(
        name=str(path),
        quantize=Quantize.EIGHT_BIT,
        adapter=str(tmp_path / "adapter"),
        device="cpu",
    )
    generator = open_generator(load(find(spec)))
    assert "an adapter lies over its 8bit weights" in generator.notes[0]
    (completion,) = generator.generate([request_of(prompt_of("a"))], Sampling(max_new_tokens=5))
    assert completion.n_tokens
    assert [record for record in caplog.records if record.name.startswith("bitsandbytes")] == []

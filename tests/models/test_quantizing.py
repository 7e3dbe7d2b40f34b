"""8 and 4 bits for real on a tiny model, and what `auto` chooses from free memory."""

from pathlib import Path

import pytest

from gptcc_cli.errors import ModelError
from gptcc_cli.models import ModelSpec, Quantize, find, load
from gptcc_cli.models.devices import choose_quantization, free_bytes, weights_bytes
from tests.tiny_models import build_tiny_model


@pytest.fixture(scope="module")
def wide_model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wide enough for blocks of 64 numbers, which 4 bits come in."""
    return build_tiny_model(
        tmp_path_factory.mktemp("models") / "wide",
        "llama",
        hidden_size=128,
        intermediate_size=256,
        num_attention_heads=4,
        num_key_value_heads=2,
        initializer_range=0.1,
    )


@pytest.mark.parametrize(
    ("quantize", "bytes_a_number"), [(Quantize.EIGHT_BIT, 1.0), (Quantize.FOUR_BIT, 0.5)]
)
def test_weights_are_kept_in_fewer_bits_and_still_say_nearly_the_same(
    wide_model_dir: Path, quantize: Quantize, bytes_a_number: float
) -> None:
    import torch

    whole = load(find(ModelSpec(name=str(wide_model_dir), dtype="float32", device="cpu")))
    spec = ModelSpec(name=str(wide_model_dir), dtype="float32", device="cpu", quantize=quantize)
    loaded = load(find(spec))
    assert loaded.quantize is quantize and loaded.weights is None
    layer = loaded.model.model.layers[0].mlp.up_proj.weight
    assert layer.element_size() * layer.numel() == 128 * 256 * bytes_a_number
    ids = torch.tensor([loaded.tokenizer.encode("def solve():\n    n = int(input())\n")])
    with torch.inference_mode():
        exact = torch.log_softmax(whole.model(ids).logits.float(), -1)
        near = torch.log_softmax(loaded.model(ids).logits.float(), -1)
    divergence = (exact.exp() * (exact - near)).sum(-1).mean().item()
    assert 0 < divergence < 0.2


@pytest.mark.parametrize(
    ("n_parameters", "chosen"),
    [(1_000, Quantize.NONE), (0.6, Quantize.EIGHT_BIT), (1.0, Quantize.FOUR_BIT)],
)
def test_auto_takes_as_few_bits_as_free_memory_asks_for_and_says_so(
    n_parameters: float, chosen: Quantize
) -> None:
    free = free_bytes("cpu")
    assert free is not None and free > 1e8
    # Below 1000, a fraction of the numbers that would fill the memory in bfloat16.
    numbers = int(n_parameters if n_parameters >= 1_000 else n_parameters * free / 2 * 1.45)
    quantize, note = choose_quantization(
        Quantize.AUTO, n_parameters=numbers, dtype="bfloat16", device="cpu"
    )
    assert quantize is chosen
    assert note is not None and f"quantize {chosen.value}: " in note and "GB free on cpu" in note


def test_a_model_that_can_not_fit_is_refused_before_it_is_read() -> None:
    free = free_bytes("cpu")
    assert free is not None
    with pytest.raises(ModelError, match="not enough memory on cpu") as caught:
        choose_quantization(Quantize.NONE, n_parameters=free, dtype="float32", device="cpu")
    assert caught.value.hint is not None and "--quantize 8bit" in caught.value.hint
    with pytest.raises(ModelError, match="not enough memory"):
        choose_quantization(Quantize.AUTO, n_parameters=free * 4, dtype="float32", device="cpu")


def test_an_unknown_size_is_never_refused() -> None:
    assert choose_quantization(
        Quantize.EIGHT_BIT, n_parameters=None, dtype="float32", device="cpu"
    ) == (Quantize.EIGHT_BIT, None)
    quantize, note = choose_quantization(
        Quantize.AUTO, n_parameters=None, dtype="float32", device="cpu"
    )
    assert quantize is Quantize.NONE and note is not None


def test_fewer_bits_are_fewer_bytes() -> None:
    sizes = [
        weights_bytes(1_000_000, "bfloat16", q)
        for q in (Quantize.NONE, Quantize.EIGHT_BIT, Quantize.FOUR_BIT)
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert weights_bytes(1_000, "float32", Quantize.NONE) == 4_000

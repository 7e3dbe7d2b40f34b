"""Packed examples do not see each other, and a model that lets them is refused."""

import pytest
import torch

from gptcc_cli.errors import TrainingError
from gptcc_cli.models import ModelSpec, find, load
from gptcc_cli.training.batches import Collator, check_packing, packed_difference
from tests.tiny_models import FAMILIES, build_tiny_model
from tests.training.conftest import make_plan, tiny_recipe


def model_of(directory):
    return load(find(ModelSpec(name=str(directory), dtype="float32", device="cpu"))).model


@pytest.mark.parametrize("family", FAMILIES)
def test_packed_and_separate_logits_are_the_same(tmp_path, family):
    # Longer than GPT-Neo's and Mistral's local windows, and than each other.
    model = model_of(build_tiny_model(tmp_path / family, family))
    draw = torch.Generator().manual_seed(1)
    tokens = [
        torch.randint(0, 300, (length,), generator=draw).tolist() for length in (90, 41, 7, 150)
    ]
    assert packed_difference(model, tokens) < 1e-4


def test_rows_of_a_real_run_give_the_logits_of_each_example(tiny_model_dir):
    recipe = tiny_recipe()
    plan, loaded = make_plan(tiny_model_dir, recipe)
    model = loaded.model
    examples = plan.train.examples[:12]
    collate = Collator(layout="packed", loss_norm="token", max_tokens=512, pad_token=0)
    batch = collate(examples)
    del batch["loss_weights"]
    rows, length = batch["input_ids"].shape
    assert rows < len(examples)
    with torch.no_grad():
        packed = model(**batch, use_cache=False).logits
        n_compared = 0
        for row in range(rows):
            starts = (batch["position_ids"][row] == 0).nonzero()[:, 0].tolist()
            for start, end in zip(starts, [*starts[1:], length], strict=True):
                if end - start < 2:
                    continue
                ids = batch["input_ids"][row : row + 1, start:end]
                alone = model(input_ids=ids, use_cache=False).logits[0]
                assert torch.allclose(packed[row, start:end], alone, atol=1e-4)
                n_compared += 1
    assert n_compared == len(examples)


def test_model_that_lets_examples_see_each_other_is_refused(tiny_model_dir):
    model = model_of(tiny_model_dir)
    check_packing(model, vocab_size=300)

    class Leaky(torch.nn.Module):
        """Ignores where an example begins."""

        def __init__(self):
            super().__init__()
            self.inner = model

        def forward(self, input_ids, position_ids=None, use_cache=False):
            return self.inner(input_ids=input_ids, use_cache=use_cache)

    with pytest.raises(TrainingError, match="does not keep packed examples apart") as caught:
        check_packing(Leaky(), vocab_size=300)
    assert caught.value.hint == "--layout bucketed"


def test_packed_rows_compute_a_fraction_of_the_places_that_padding_does(tiny_model_dir):
    sizes = {}
    for layout in ("padded", "packed"):
        recipe = tiny_recipe(layout=layout, max_tokens=512)
        plan, _ = make_plan(tiny_model_dir, recipe)
        collate = Collator(layout=layout, loss_norm="token", max_tokens=512, pad_token=0)
        examples = plan.train.examples[:16]
        sizes[layout] = collate(examples)["input_ids"].numel()
    assert sizes["padded"] > 1.5 * sizes["packed"]

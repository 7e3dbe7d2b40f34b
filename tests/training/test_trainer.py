"""Real runs of a tiny model: resuming is exact, processes agree, packing changes nothing."""

import json
import math
import shutil
from pathlib import Path

import pytest

from gptcc_cli.errors import TrainingError, UsageError
from gptcc_cli.training.events import Began, Saved, StopRequest, Updated, Validated
from gptcc_cli.training.recipe import choose_recipe
from tests.tiny_models import build_tiny_model
from tests.training.conftest import tiny_recipe

RUN_OF_0_1 = Path(__file__).parent / "run_of_0_1"


def losses(events):
    return [event.loss for event in events if isinstance(event, Updated)]


@pytest.fixture(scope="session")
def model_with_dropout(tmp_path_factory):
    """Its losses depend on the random numbers of every update."""
    return build_tiny_model(
        tmp_path_factory.mktemp("models") / "dropout", embed_dropout=0.2, attention_dropout=0.2
    )


def test_2n_updates_equal_n_and_n_resumed(run, model_with_dropout):
    recipe = tiny_recipe(epochs=3, keep=5, answers_per_problem=1)
    whole, events = run(recipe, directory="whole", model=model_with_dropout)
    stop = StopRequest()
    n = whole.update // 2 + 1

    def halt(event):
        if isinstance(event, Updated) and event.update == n:
            stop.ask()

    half, first = run(recipe, directory="two", model=model_with_dropout, listen=halt, stop=stop)
    assert (half.finished, half.update) == (False, n)
    rest, second = run(recipe, directory="two", model=model_with_dropout)
    assert rest.finished
    began = next(event for event in second if isinstance(event, Began))
    assert began.first_update == n
    assert losses(first) + losses(second) == pytest.approx(losses(events), abs=1e-6)
    assert len(set(losses(events))) == whole.update
    assert rest.validation_loss == pytest.approx(whole.validation_loss, abs=1e-6)


def test_losses_fall_and_a_model_comes_out(run):
    outcome, events = run(tiny_recipe(epochs=10, learning_rate=3e-3, answers_per_problem=1))
    assert losses(events)[-1] < 0.8 * losses(events)[0]
    assert any(isinstance(event, Saved) for event in events)
    seen = [event for event in events if isinstance(event, Validated)]
    assert len(seen) == 10
    assert outcome.validation_loss == min(event.loss for event in seen)
    names = {path.name for path in outcome.directory.iterdir()}
    assert {
        "model.safetensors",
        "config.json",
        "tokenizer.json",
        "README.md",
        "recipe.toml",
        "gptcc_training.json",
        "history.jsonl",
    } <= names


@pytest.mark.parametrize("layout", ["padded", "bucketed"])
def test_packed_and_unpacked_rows_give_the_same_losses(run, layout):
    common = {"epochs": 1, "learning_rate": 1e-4, "answers_per_problem": 1}
    _, one = run(tiny_recipe(layout="packed", **common), directory="packed")
    # Buckets change which examples make an update; padding does not.
    _, two = run(tiny_recipe(layout=layout, **common), directory="other")
    if layout == "padded":
        assert losses(two) == pytest.approx(losses(one), abs=1e-4)
    else:
        assert math.fsum(losses(two)) == pytest.approx(math.fsum(losses(one)), rel=0.1)


def test_smaller_parts_of_a_batch_give_the_same_losses(run):
    for layout in ("packed", "bucketed"):
        recipe = tiny_recipe(epochs=1, layout=layout, answers_per_problem=1)
        _, one = run(recipe.changed({"per_device_train_batch_size": 8}), directory=f"8{layout}")
        _, two = run(recipe.changed({"per_device_train_batch_size": 2}), directory=f"2{layout}")
        assert losses(two) == pytest.approx(losses(one), abs=1e-4)


def test_loss_is_the_cross_entropy_of_the_answers(tiny_model_dir):
    import torch

    from gptcc_cli.training.batches import Collator, answer_loss
    from tests.training.conftest import make_plan

    plan, loaded = make_plan(tiny_model_dir, tiny_recipe())
    examples = plan.train.examples[:5]
    collate = Collator(layout="bucketed", loss_norm="token", max_tokens=512, pad_token=0)
    with torch.no_grad():
        ours = answer_loss(loaded.model, collate(examples)).item()
        theirs = 0.0
        for example in examples:
            ids = torch.tensor([list(example.tokens)])
            labels = ids.clone()
            labels[:, : example.n_prompt] = -100
            theirs += loaded.model(input_ids=ids, labels=labels).loss.item() * example.n_answer
    assert ours == pytest.approx(theirs, rel=1e-5)


def test_adapter_learns_on_frozen_weights(run, tiny_model_dir):
    from gptcc_cli.models import ModelSpec, find, load

    recipe = tiny_recipe(
        adapter_rank=4,
        adapter_alpha=8,
        epochs=3,
        learning_rate=2e-2,
        answers_per_problem=1,
        activation_checkpointing=True,
    )
    outcome, events = run(recipe, n_problems=12)
    assert losses(events)[-1] < losses(events)[0]
    assert not (outcome.directory / "model.safetensors").exists()
    adapter = str(outcome.directory)
    spec = ModelSpec(name=str(tiny_model_dir), adapter=adapter, dtype="float32", device="cpu")
    assert load(find(spec)).model is not None


@pytest.mark.parametrize("base", ["8bit", "4bit"])
def test_quantized_weights_are_refused_where_no_gradient_passes_them(run, base):
    with pytest.raises(TrainingError, match=f"on {base} weights can't be trained on a CPU"):
        run(tiny_recipe(adapter_rank=4, base_weights=base))


def test_run_begun_by_0_1_goes_on_from_its_checkpoint(run, tmp_path):
    """The directory was written by commit f888c10, which stopped after update 3 of 6."""
    shutil.copytree(RUN_OF_0_1, tmp_path / "old")
    recipe = choose_recipe(None, config=RUN_OF_0_1 / "recipe.toml")
    outcome, events = run(recipe, directory="old", n_problems=12)
    began = next(event for event in events if isinstance(event, Began))
    assert began.first_update == 3
    assert outcome.finished
    whole = json.loads((RUN_OF_0_1 / "losses.json").read_text())
    assert losses(events) == pytest.approx(whole[3:], abs=1e-4)


def test_run_begun_by_0_1_is_refused_with_other_settings(run, tmp_path):
    shutil.copytree(RUN_OF_0_1, tmp_path / "old")
    recipe = choose_recipe(None, config=RUN_OF_0_1 / "recipe.toml", changes={"warmup_steps": 1})
    with pytest.raises(UsageError) as caught:
        run(recipe, directory="old", n_problems=12)
    assert "--restart" in (caught.value.hint or "")

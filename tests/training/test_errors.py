"""What goes wrong is said in one sentence, with what to change."""

import json
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file, save_file

from gptcc_cli.errors import ProblemError, TrainingError, UsageError
from gptcc_cli.training.gathering import gather
from gptcc_cli.training.plan import build_plan
from tests.tiny_models import build_tiny_model
from tests.training.conftest import gathered, make_plan, some_problems, tiny_recipe


def designed(model_dir, problems, **changes):
    recipe = tiny_recipe(**changes)
    _, loaded = make_plan(model_dir, tiny_recipe())
    return build_plan(gathered(problems), recipe, loaded.tokenizer)


def test_loss_that_is_no_number_stops_the_run(run, tmp_path):
    model = build_tiny_model(tmp_path / "broken")
    weights = load_file(model / "model.safetensors")
    weights["transformer.ln_f.weight"] = torch.full_like(weights["transformer.ln_f.weight"], 3e38)
    save_file(weights, model / "model.safetensors", {"format": "pt"})
    with pytest.raises(TrainingError, match="update 1 ") as caught:
        run(tiny_recipe(), model=model, n_problems=12)
    assert "--learning-rate, such as 2e-4" in (caught.value.hint or "")


def test_empty_data_are_refused(tmp_path):
    with pytest.raises(ProblemError, match="no problems") as caught:
        gather([str(tmp_path)])
    assert str(tmp_path) in caught.value.message
    assert caught.value.hint


def test_problems_without_solutions_are_refused(tiny_model_dir):
    problems = [replace(one, solutions=()) for one in some_problems(3)]
    with pytest.raises(TrainingError, match="3 problems"):
        designed(tiny_model_dir, problems)


def test_examples_that_are_all_too_long_are_refused_with_a_length(tiny_model_dir):
    with pytest.raises(TrainingError, match=r"no example of \d+ problems is left") as caught:
        designed(tiny_model_dir, some_problems(12), max_tokens=64)
    assert caught.value.hint == "--max-tokens 128"


def test_solutions_that_do_not_parse_are_refused_with_a_way_out(tiny_model_dir):
    problems = [replace(one, solutions=("print 1\n",)) for one in some_problems(12)]
    with pytest.raises(TrainingError, match="does not parse"):
        designed(tiny_model_dir, problems)


def test_exhausted_memory_is_said_with_what_to_make_smaller(run):
    def take_all(_event):
        torch.empty(1 << 60)

    with pytest.raises(TrainingError, match="memory") as caught:
        run(tiny_recipe(), n_problems=12, listen=take_all)
    for way in ("--per-device 2", "--activation-checkpointing", "--lora 16"):
        assert way in (caught.value.hint or "")


def test_another_run_s_directory_is_refused_and_can_be_forgotten(run, tmp_path):
    recipe = tiny_recipe(epochs=1, max_updates=1)
    run(recipe, n_problems=12)
    with pytest.raises(UsageError, match="is finished"):
        run(recipe, n_problems=12)
    with pytest.raises(UsageError, match="run"):
        run(recipe.changed({"learning_rate": 2e-3}), n_problems=12)
    outcome, _ = run(recipe.changed({"learning_rate": 2e-3}), n_problems=12, restart=True)
    assert outcome.finished
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        run(recipe, n_problems=12, directory="full", restart=True)
    assert (tmp_path / "full" / "thesis.txt").read_text() == "mine"


def test_checkpoint_of_a_test_split_is_marked(tiny_model_dir, tmp_path):
    from gptcc_cli.training.output import result_record, write_card

    plan, loaded = make_plan(tiny_model_dir, tiny_recipe())
    marked = replace(plan, includes_test=True)
    record = result_record(marked, loaded, [], data=["x"], identity="")
    assert record["data"]["includes_test_split"] is True
    path = tmp_path / "run" / "aside" / "README.md"
    path.parent.mkdir(parents=True)
    write_card(path, json.loads(json.dumps(record)))
    text = path.read_text(encoding="utf-8")
    assert "trained-on-test-split" in text
    assert "results of this model on that benchmark mean nothing" in text


def test_trained_model_remembers_the_template_it_was_taught(run):
    from gptcc_cli.models.training_record import trained_template

    outcome, _ = run(tiny_recipe(epochs=1, max_updates=1), n_problems=12)
    assert trained_template(outcome.directory) == "apps"
    assert trained_template(outcome.directory / "checkpoints") is None


def test_record_carries_what_the_base_was_taught(run, tmp_path):
    from gptcc_cli.models.training_record import inherited_data

    recipe = tiny_recipe(epochs=1, max_updates=1)
    first, _ = run(recipe, n_problems=12, data=["mine"])
    second, _ = run(recipe, n_problems=12, model=first.directory, directory="b", data=["yours"])
    third = [data["places"] for data in inherited_data(second.directory)]
    assert third == [["yours"], ["mine"]]
    assert inherited_data(tmp_path) == []

"""Recipes are the card's values, have reasons, and can be changed but not misspelt."""

import dataclasses
import re
from importlib import resources
from pathlib import Path

import pytest

from gptcc_cli.errors import UsageError
from gptcc_cli.training.recipe import (
    RECIPE_NAMES,
    RENAMED_FIELDS,
    Recipe,
    choose_recipe,
    load_recipe,
    parse_field,
    write_toml,
)
from tests.training.conftest import BETTER, CARD

FIELDS = [field.name for field in dataclasses.fields(Recipe)]


def test_card_has_the_values_of_the_model_card():
    assert (CARD.epochs, CARD.learning_rate, CARD.warmup_steps, CARD.lr_scheduler_type) == (
        5,
        8e-5,
        800,
        "linear",
    )
    assert (CARD.beta1, CARD.beta2, CARD.weight_decay) == (0.9, 0.98, 0.1)
    assert (CARD.max_tokens, CARD.per_device_train_batch_size, CARD.global_batch) == (1024, 16, 32)
    assert (CARD.precision, CARD.indent, CARD.end_token) == ("bf16", "tabs", False)


@pytest.mark.parametrize("name", RECIPE_NAMES)
def test_every_field_has_a_reason(name):
    text = write_toml(load_recipe(name))
    for field in FIELDS:
        assert re.search(rf"^# .+\n{field} = ", text, re.MULTILINE), field


@pytest.mark.parametrize("name", RECIPE_NAMES)
def test_printed_recipe_reads_back_as_itself(name, tmp_path):
    path = tmp_path / "recipe.toml"
    path.write_text(write_toml(load_recipe(name)), encoding="utf-8")
    other = "better" if name == "card" else "card"
    assert choose_recipe(other, config=path) == load_recipe(name)
    shipped = resources.files("gptcc_cli.training") / "recipes" / f"{name}.toml"
    assert path.read_text(encoding="utf-8") == shipped.read_text(encoding="utf-8")


# Written by commit f888c10.
OLD_RECIPE = Path(__file__).parent / "run_of_0_1" / "recipe.toml"


def test_recipe_file_of_0_1_is_read_and_every_renamed_field_is_reported():
    warnings = []
    recipe = choose_recipe("card", config=OLD_RECIPE, warn=warnings.append)
    assert (recipe.lr_scheduler_type, recipe.warmup_steps) == ("cosine", 2)
    assert (recipe.require_parse, recipe.deduplicate) == (True, False)
    assert recipe.per_device_train_batch_size == 2
    assert len(warnings) == len(RENAMED_FIELDS)
    for old, new in RENAMED_FIELDS.items():
        assert any(old in warning and new in warning for warning in warnings)


def test_recipe_of_the_adapter_that_ships_is_read():
    path = Path(str(resources.files("gptcc_cli"))) / "adapters" / "embedded" / "recipe.toml"
    assert choose_recipe(None, config=path).adapter_rank > 0


def test_former_and_current_name_together_are_refused():
    with pytest.raises(UsageError, match="warmup_steps"):
        choose_recipe(None, changes={"warmup": 1, "warmup_steps": 2})


def test_options_win_over_the_file_and_the_file_over_the_recipe(tmp_path):
    path = tmp_path / "recipe.toml"
    path.write_text('recipe = "card"\nepochs = 2\nseed = 7\n', encoding="utf-8")
    recipe = choose_recipe(None, config=path, changes={"seed": 8})
    assert (recipe.epochs, recipe.seed, recipe.layout) == (2, 8, CARD.layout)


def test_better_is_the_default():
    assert choose_recipe(None) == BETTER


def test_fields_can_stand_in_a_project_file(tmp_path):
    path = tmp_path / "pyproject.toml"
    path.write_text("[tool.gptcc.train]\nepochs = 3\n", encoding="utf-8")
    assert choose_recipe(None, config=path).epochs == 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"epoch": 3}, "epoch"),
        ({"epochs": "three"}, "epochs.*three"),
        ({"epochs": -1}, "epochs.*-1"),
        ({"end_token": 1}, "end_token.*1"),
        ({"indent": "blanks"}, "indent.*blanks"),
        ({"max_updates": 0}, "max_updates.*0"),
        ({"global_batch": 1.5}, "global_batch.*1.5"),
        ({"base_weights": "4bit"}, "4bit"),
    ],
)
def test_what_can_not_be_meant_is_refused(changes, message):
    with pytest.raises(UsageError, match=message) as caught:
        BETTER.changed(changes)
    assert caught.value.hint


def test_misspelt_field_is_given_the_right_name():
    with pytest.raises(UsageError) as caught:
        BETTER.changed({"learningrate": 1e-4})
    assert caught.value.hint == "did you mean learning_rate?"


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ("epochs=2", ("epochs", 2)),
        ("learning-rate = 1e-4", ("learning_rate", 1e-4)),
        ("indent=tabs", ("indent", "tabs")),
        ("max_updates=none", ("max_updates", None)),
        ("end_token=false", ("end_token", False)),
    ],
)
def test_settings_are_read_as_in_toml(text, setting):
    assert parse_field(text) == setting


def test_setting_without_value_is_refused():
    with pytest.raises(UsageError, match="epochs"):
        parse_field("epochs")


def test_broken_file_is_named(tmp_path):
    path = tmp_path / "recipe.toml"
    path.write_text("epochs = ", encoding="utf-8")
    with pytest.raises(UsageError, match=r"recipe\.toml"):
        choose_recipe(None, config=path)

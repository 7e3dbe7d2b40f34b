"""Recipes are the card's values, have reasons, and can be changed but not misspelt."""

import dataclasses

import pytest

from gptcc_cli.errors import UsageError
from gptcc_cli.training.recipe import Recipe, parse_setting, write_toml
from gptcc_cli.training.recipes import BETTER, CARD, REASONS, RECIPES, choose_recipe

FIELDS = [field.name for field in dataclasses.fields(Recipe)]


def test_card_has_the_values_of_the_model_card():
    assert (CARD.epochs, CARD.learning_rate, CARD.warmup, CARD.decline) == (5, 8e-5, 800, "linear")
    assert (CARD.beta1, CARD.beta2, CARD.weight_decay) == (0.9, 0.98, 0.1)
    assert (CARD.max_tokens, CARD.per_device, CARD.global_batch) == (1024, 16, 32)
    assert (CARD.precision, CARD.indent, CARD.end_token) == ("bf16", "tabs", False)


@pytest.mark.parametrize("name", RECIPES)
def test_every_field_has_a_reason(name):
    assert set(REASONS[name]) == set(FIELDS)


@pytest.mark.parametrize("name", RECIPES)
def test_printed_recipe_reads_back_as_itself(name, tmp_path):
    path = tmp_path / "recipe.toml"
    path.write_text(write_toml(RECIPES[name], REASONS[name]), encoding="utf-8")
    other = "better" if name == "card" else "card"
    assert choose_recipe(other, config=path) == RECIPES[name]


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
        ({"epoch": 3}, "no field epoch"),
        ({"epochs": "three"}, "epochs = 'three' is not a number"),
        ({"epochs": -1}, "out of range"),
        ({"end_token": 1}, "not true or false"),
        ({"indent": "blanks"}, "indent = blanks is no choice"),
        ({"max_updates": 0}, "out of range"),
        ({"global_batch": 1.5}, "not a whole number"),
        ({"base_weights": "4bit"}, "can't be trained themselves"),
    ],
)
def test_what_can_not_be_meant_is_refused(changes, message):
    with pytest.raises(UsageError, match=message):
        BETTER.changed(changes)


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
    assert parse_setting(text) == setting


def test_setting_without_value_is_refused():
    with pytest.raises(UsageError, match="sets nothing"):
        parse_setting("epochs")


def test_broken_file_is_named(tmp_path):
    path = tmp_path / "recipe.toml"
    path.write_text("epochs = ", encoding="utf-8")
    with pytest.raises(UsageError, match=r"recipe\.toml is no TOML"):
        choose_recipe(None, config=path)

"""The config of a run: JSON and back, and what gptcc 0.1 recorded."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gptcc_cli.options.choices import EndpointStyle, Quantize, Until
from gptcc_cli.options.solve_config import SolveConfig

DEFAULT = SolveConfig.from_settings_v0({})
numbers = st.floats(min_value=0, max_value=5)


@given(
    st.builds(
        SolveConfig,
        n=st.integers(min_value=1),
        temperatures=st.lists(numbers, min_size=1).map(tuple),
        temperature_schedule=st.lists(numbers).map(tuple),
        top_p=numbers,
        budget_s=st.none() | numbers,
        time_limit_s=st.none() | numbers,
    )
)
def test_a_config_reads_back_from_its_json(config: SolveConfig) -> None:
    assert SolveConfig.from_json(config.to_json()) == config


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"version": 1}', json.dumps({**json.loads(DEFAULT.to_json()), "version": 9})],
)
def test_another_version_or_no_config_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        SolveConfig.from_json(text)


def test_a_field_that_is_not_known_is_refused() -> None:
    record = {**json.loads(DEFAULT.to_json()), "invented": 1}
    with pytest.raises(ValueError, match="invented"):
        SolveConfig.from_json(json.dumps(record))


def test_the_defaults_of_gptcc_0_1_stay_what_they_were() -> None:
    assert (DEFAULT.n, DEFAULT.top_p, DEFAULT.top_k, DEFAULT.max_new_tokens) == (32, 0.95, 64, 512)
    assert DEFAULT.temperatures == (0.2, 0.4, 0.6, 0.8)
    assert DEFAULT.temperature_schedule == (0.4, 0.6, 0.8, 1.0)
    assert (DEFAULT.until, DEFAULT.quantize) == (Until.FIRST, Quantize.NONE)
    assert DEFAULT.endpoint_style is EndpointStyle.CHAT
    assert DEFAULT.check
    assert DEFAULT.sandboxed


@pytest.mark.parametrize(
    ("settings", "until", "n"),
    [
        ({"budget": 60.0}, Until.AGREED, 1_000_000),
        ({"budget": 60.0, "number": 5}, Until.AGREED, 5),
        ({"budget": 60.0, "temperature": "0"}, Until.AGREED, 32),
        ({"write_tests": 3}, Until.AGREED, 32),
        ({"budget": 60.0, "until": "all"}, Until.ALL, 1_000_000),
    ],
)
def test_what_followed_from_other_options_in_0_1(
    settings: dict[str, object], until: Until, n: int
) -> None:
    config = SolveConfig.from_settings_v0(settings)
    assert (config.until, config.n) == (until, n)


def test_what_was_drawn_comes_before_the_options() -> None:
    sampling = {"n": 7, "temperatures": [0.5], "later": [], "top_k": 8, "seed": 3}
    config = SolveConfig.from_settings_v0({"seed": 1, "sampling": sampling, "no_check": True})
    assert (config.n, config.seed, config.top_k, config.check) == (7, 3, 8, False)
    assert (config.temperatures, config.temperature_schedule) == ((0.5,), ())
    assert config.top_p == 0.95

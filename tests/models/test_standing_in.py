"""The embedded model stands in for the default one: when, how it is said, and when never."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gptcc_cli.models import EMBEDDED_MODEL, ModelSpec, embedded, find
from tests.models.hub_server import black_hole, hub_server

ROOT = Path(__file__).parents[2]
DEFAULT = "flax-community/gpt-neo-125M-apps"

pytestmark = pytest.mark.model


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Empty caches, but for the embedded model; the hub is for each test to set."""
    real = find(ModelSpec(name=EMBEDDED_MODEL)).path
    link = tmp_path / "gptcc" / "models" / embedded.directory().name
    link.parent.mkdir(parents=True)
    link.symlink_to(real)
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "GPTCC_", "HUGGING"))}
    return keep | {
        "HF_HOME": str(tmp_path / "hf"),
        "GPTCC_CACHE": str(tmp_path / "gptcc"),
        "NO_PROXY": "127.0.0.1",
    }


def info(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gptcc_cli", "models", "info", *arguments, "--json"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_where_the_hub_refuses_it_stands_in_with_one_line(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    done = info(environment | {"HF_ENDPOINT": f"http://127.0.0.1:{port}"})
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["embedded"] is True
    (line,) = done.stderr.splitlines()
    assert DEFAULT in line and "neither cached nor reachable" in line and embedded.NAME in line


def test_where_the_hub_is_silent_it_stands_in_too(environment: dict[str, str]) -> None:
    with black_hole() as hole:
        done = info(environment | {"HF_ENDPOINT": hole.url})
    assert done.returncode == 0, done.stderr
    assert "did not answer within 8 s" in done.stderr
    assert json.loads(done.stdout)["embedded"] is True


def test_where_the_user_is_offline_it_stands_in(environment: dict[str, str]) -> None:
    done = info(environment | {"HF_HUB_OFFLINE": "1"})
    assert done.returncode == 0 and "HF_HUB_OFFLINE" in done.stderr


def test_where_the_hub_has_the_default_model_nothing_stands_in(
    environment: dict[str, str], tiny_model_dir: Path
) -> None:
    with hub_server(DEFAULT, tiny_model_dir) as hub:
        done = info(environment | {"HF_ENDPOINT": hub.url})
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert facts["embedded"] is False and facts["architecture"] == "GPTNeoForCausalLM"

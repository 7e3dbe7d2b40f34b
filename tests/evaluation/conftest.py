"""A judge for the tests of evaluation, opened once: it is real, and so are its processes."""

from collections.abc import Iterator

import pytest

from gptcc_cli.judging import Judge
from gptcc_cli.sandbox import open_sandbox


@pytest.fixture(scope="session")
def judge() -> Iterator[Judge]:
    with open_sandbox(workers=2) as sandbox, Judge(sandbox) as judge:
        yield judge

"""A judge for the tests of evaluation, opened once: it is real, and so are its processes."""

from collections.abc import Iterator

import pytest

from gptcc_cli.evaluation.grading import GradeSettings
from gptcc_cli.judging import AskedLimits, Judge
from gptcc_cli.sandbox import open_sandbox
from tests.evaluation.small import SmallRun, grade_small


@pytest.fixture(scope="session")
def judge() -> Iterator[Judge]:
    limits = AskedLimits(wall_s=1.0)
    with open_sandbox(workers=2) as sandbox, Judge(sandbox, limits=limits) as judge:
        yield judge


@pytest.fixture(scope="session")
def small_run(judge: Judge, tmp_path_factory: pytest.TempPathFactory) -> SmallRun:
    """The small benchmark, graded once; read only."""
    return grade_small(judge, tmp_path_factory.mktemp("small"), GradeSettings(samples=True))

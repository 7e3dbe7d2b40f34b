"""The cache of check results."""

from pathlib import Path

import pytest

import gptcc_cli
from gptcc_cli.workspace import results


@pytest.mark.parametrize("name", results._DECIDING)
def test_code_that_decides_a_result_exists(name: str) -> None:
    """A package that was renamed would silently no longer be part of a result's key."""
    assert (Path(gptcc_cli.__file__).parent / name).exists()

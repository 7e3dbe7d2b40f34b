"""Fixtures that every room's tests share."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The directory of real data beside the checkout; skips where it is absent."""
    root = Path(os.environ.get("GPTCC_SHARED", Path(__file__).parents[2] / "shared"))
    if not (root / "data").is_dir():
        pytest.skip(f"real data not found at {root}: set GPTCC_SHARED to run this test")
    return root

"""Fixtures for tests of generation: one thread, and compiled kernels with and without tiles."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from gptcc_cli.generation.native import kernels
from gptcc_cli.generation.native.kernels import Kernels, NoKernels, build, kernels_for


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> Iterator[None]:
    """Tiny models gain nothing from a second thread, and lose much on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def native() -> Kernels:
    """The kernels of this machine."""
    found = kernels_for(torch.empty(0, dtype=torch.bfloat16))
    if found is None:
        pytest.skip(f"no kernels on this machine: {kernels.why_no_kernels()}")
    return found


@pytest.fixture(scope="session")
def _with_tiles(native: Kernels, tmp_path_factory: pytest.TempPathFactory) -> Kernels:
    if native.has_tiles:
        return native
    if "avx512_bf16" not in Path("/proc/cpuinfo").read_text():
        pytest.skip("the tile unit is emulated on processors with AVX-512 BF16 only")
    directory = tmp_path_factory.mktemp("emulated")
    compiler = directory / "cc"
    real = shutil.which(os.environ.get("CC") or "cc")
    header = Path(__file__).with_name("amx_emulation.h")
    compiler.write_text(f'#!/bin/sh\nexec {real} -include {header} "$@"\n')
    compiler.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GPTCC_CACHE", str(directory))
        try:
            return Kernels(build(str(compiler)))
        except NoKernels as error:
            pytest.skip(str(error))


@pytest.fixture
def tiles(_with_tiles: Kernels, monkeypatch: pytest.MonkeyPatch) -> Kernels:
    """Kernels with a tile unit, real or emulated, wherever kernels are asked for."""
    monkeypatch.setattr(kernels, "_open", lambda: _with_tiles)
    return _with_tiles

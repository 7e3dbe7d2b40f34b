"""How torch is imported first; how often it goes wrong otherwise is for bench_seed to count."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from gptcc_cli.models import ModelSpec, find, load
from gptcc_cli.models.torch_runtime import is_machine_busy, wait_policy, waiting_percent

PRESSURE = """\
some avg10={} avg60=1.00 avg300=2.00 total=7250844381
full avg10=0.00 avg60=0.00 avg300=0.00 total=0
"""
WAYS_TO_TORCH = {
    "load": "from gptcc_cli.models import ModelSpec, find, load\n"
    "load(find(ModelSpec(name=sys.argv[1], explicit=True)))",
    "choose a device": "from gptcc_cli.models.devices import choose_device\nchoose_device('cpu')",
    "convert GGUF": "from pathlib import Path\nfrom gptcc_cli.models import gguf_checkpoint\n"
    "try: gguf_checkpoint.convert(Path(sys.argv[1], 'config.json'), Path('.'))\n"
    "except Exception: pass",
    "convert Flax": "from pathlib import Path\nfrom gptcc_cli.models import flax_checkpoint\n"
    "try: flax_checkpoint.convert(Path(sys.argv[1]), Path('.'))\nexcept Exception: pass",
}
_WATCHED = """
import os, sys, traceback

NAMES = ("GOMP_SPINCOUNT", "KMP_BLOCKTIME", "OMP_WAIT_POLICY")

class Watch:
    def find_spec(self, name, *rest):
        if name == "torch":
            sys.meta_path.remove(self)
            callers = [frame.name for frame in traceback.extract_stack()]
            print("start_torch" in callers, any(name in os.environ for name in NAMES))

sys.meta_path.insert(0, Watch())
{way}
print("torch" in sys.modules, any(name in os.environ for name in NAMES))
"""


class _Watch(TorchDispatchMode):
    """Notes which operators are called, and on how many numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, int]] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if args and isinstance(args[0], torch.Tensor):
            self.calls.append((func.overloadpacket.__name__, args[0].numel()))
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("way", WAYS_TO_TORCH)
def test_torch_is_imported_under_a_policy_that_children_do_not_inherit(
    way: str, tiny_model_dir: Path, tmp_path: Path
) -> None:
    unset = ("GOMP_SPINCOUNT", "KMP_BLOCKTIME", "OMP_WAIT_POLICY")
    environment = {name: value for name, value in os.environ.items() if name not in unset}

    done = subprocess.run(
        [sys.executable, "-c", _WATCHED.format(way=WAYS_TO_TORCH[way]), str(tiny_model_dir)],
        cwd=tmp_path,
        env=environment | {"PYTHONPATH": str(Path(__file__).parents[2]), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.splitlines() == ["True True", "True False"], done.stderr


def test_a_model_is_loaded_after_a_first_cosine_of_a_single_number(tiny_model_dir: Path) -> None:
    found = find(ModelSpec(name=str(tiny_model_dir), explicit=True, device="cpu"))

    with _Watch() as watch:
        load(found)

    assert [size for name, size in watch.calls if name == "cos"][:1] == [1]


def test_threads_sleep_on_a_busy_machine_and_spin_on_a_quiet_one() -> None:
    busy, quiet = (wait_policy({"HOME": "/"}, busy=busy) for busy in (True, False))

    assert busy == {"OMP_WAIT_POLICY": "passive"}
    assert "OMP_WAIT_POLICY" not in quiet
    assert int(quiet["GOMP_SPINCOUNT"]) > 0


@pytest.mark.parametrize("name", ["OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME"])
def test_what_the_user_has_set_stays(name: str) -> None:
    assert wait_policy({name: "0"}, busy=False) == {}


@pytest.mark.parametrize(("share", "busy"), [("0.00", False), ("12.50", False), ("99.22", True)])
def test_the_kernel_tells_whether_others_wait_for_a_core(
    tmp_path: Path, share: str, busy: bool
) -> None:
    pressure = tmp_path / "cpu"
    pressure.write_text(PRESSURE.format(share))

    assert waiting_percent(pressure.read_text()) == float(share)
    assert is_machine_busy(pressure) is busy


def test_a_system_without_pressure_figures_is_judged_by_its_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.getloadavg", lambda: (99.0, 0.0, 0.0))
    assert is_machine_busy(tmp_path / "none")
    monkeypatch.setattr("os.getloadavg", lambda: (0.0, 0.0, 0.0))
    assert not is_machine_busy(tmp_path / "none")

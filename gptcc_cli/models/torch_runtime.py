"""The first import of torch in a process: how its threads wait, and its vector mathematics.

Two settings count only if they are made before anything else uses torch:

- **Waiting.** A step of a small model is two hundred short pieces of work that all threads do
  together. Waking a thread for each piece takes as long as the piece; spinning until it comes
  keeps a core from other threads, perhaps from the one that is waited for. OpenMP reads which of
  the two it should do from the environment, once, when torch loads it.
- **Vector mathematics.** torch computes cosines, exponentials and the like by MKL, which picks
  its code at the first call. Where two threads make that call at once, one of them may get code
  that is off by 1e-4 instead of 1e-7: rotary positions change, and the same seed gives another
  text (tests/benchmarks/bench_seed.py counts it; docs/log.md). Builds of torch without MKL lose
  nothing by the extra call.

Does not cover the number of threads, which stays torch's own choice.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

_PRESSURE = Path("/proc/pressure/cpu")
_BUSY_PERCENT = 20.0
"""Above this share of the last ten seconds in which some process waited for a core, threads
sleep: on a busy machine, spinning was measured up to ten times slower."""
_BUSY_LOAD = 0.5
"""The same for systems without pressure figures, by the load average per core."""
_SPIN = {"GOMP_SPINCOUNT": "20000", "KMP_BLOCKTIME": "1"}
"""About a millisecond, for GNU's and LLVM's OpenMP: longer than any gap inside a step."""
_SLEEP = {"OMP_WAIT_POLICY": "passive"}


def start_torch() -> dict[str, str]:
    """Import torch with its waiting policy and its vector mathematics settled.

    Every entry point that leads to torch calls this before its own ``import torch``. Where torch
    was imported before, only the mathematics is settled. The environment is left as it was, so
    that child processes choose for themselves.

    Returns:
        The variables under which torch was imported, beside those of the user.
    """
    added: dict[str, str] = {}
    if "torch" not in sys.modules:
        added = wait_policy(os.environ, busy=is_machine_busy())
        os.environ.update(added)
        try:
            import torch

            torch.get_num_threads()  # LLVM's OpenMP reads its settings at the first call
        finally:
            for name in added:
                del os.environ[name]
    warm_up_mkl()
    return added


def warm_up_mkl() -> None:
    """Make MKL choose its code in a call with one number, and so on one thread."""
    import torch

    torch.zeros(1).cos()


def wait_policy(environment: Mapping[str, str], *, busy: bool) -> dict[str, str]:
    """Return the variables that set how threads wait; none if the user has set one of them.

    Args:
        environment: the variables that are set already.
        busy: whether other processes want the cores.
    """
    if any(name in environment for name in (*_SPIN, *_SLEEP)):
        return {}
    return dict(_SLEEP if busy else _SPIN)


def is_machine_busy(pressure: Path = _PRESSURE) -> bool:
    """Tell whether other processes compete for the cores at the moment."""
    try:
        text = pressure.read_text()
    except OSError:
        return os.getloadavg()[0] > _BUSY_LOAD * (os.cpu_count() or 1)
    return waiting_percent(text) > _BUSY_PERCENT


def waiting_percent(pressure: str) -> float:
    """Return the share of the last ten seconds in which a process waited for a core.

    Args:
        pressure: Linux's ``/proc/pressure/cpu`` (Documentation/accounting/psi.rst).
    """
    some = next(line for line in pressure.splitlines() if line.startswith("some "))
    averages = dict(field.split("=") for field in some.split()[1:])
    return float(averages["avg10"])

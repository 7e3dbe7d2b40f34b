"""How torch's threads wait for each other: asleep, or awake for a moment.

A step of a small model is two hundred short pieces of work that two threads do together. To be
woken for each of them takes as long as the work; to wait awake keeps a core from others, among
them the thread that is waited for. Covers the choice, which must be settled before torch is
imported. Does not import it.
"""

import os
from collections.abc import MutableMapping
from pathlib import Path

_PRESSURE = Path("/proc/pressure/cpu")
_BUSY_PERCENT = 20.0
"""Above this share of the last ten seconds in which some process waited for a core, threads
sleep: on a busy machine, waiting awake was measured up to ten times slower."""
_BUSY_LOAD = 0.5
"""The same for systems that only tell the mean number of processes at work, per core."""
_AWAKE = {"GOMP_SPINCOUNT": "20000", "KMP_BLOCKTIME": "1"}
"""About a millisecond, for GNU's and LLVM's OpenMP: longer than any gap inside a step."""
_ASLEEP = {"OMP_WAIT_POLICY": "passive"}


def choose_waiting(environment: MutableMapping[str, str], *, busy: bool) -> None:
    """Set how threads wait, unless the user has said so.

    Args:
        environment: what torch will read when it is imported.
        busy: whether other processes want the cores.
    """
    if not any(name in environment for name in (*_AWAKE, *_ASLEEP)):
        environment.update(_ASLEEP if busy else _AWAKE)


def others_want_the_cores(pressure: Path = _PRESSURE) -> bool:
    """Tell whether the machine does much other work just now."""
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

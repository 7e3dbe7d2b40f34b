"""Which process writes a run, so that one that was killed is told from one under way.

A process is known by its host, number and time of start: numbers are used again.
"""

import os
import platform
from pathlib import Path


def this_process() -> str:
    """Name the process that runs this."""
    return _name(os.getpid())


def is_alive(name: str) -> bool:
    """Whether the process of that name still runs; one of another host does not, as far as told."""
    host, _, rest = name.rpartition(" ")[0].rpartition(" ")
    return host == platform.node() and rest.isdigit() and _name(int(rest)) == name


def _name(number: int) -> str:
    return f"{platform.node()} {number} {_started(number)}"


def _started(number: int) -> str:
    """Ticks between boot and start, field 22 of proc(5)'s stat; ``gone`` if there is none."""
    try:
        stat = Path(f"/proc/{number}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return "gone" if Path("/proc/self/stat").exists() or not _answers(number) else "unknown"
    # The command, in parentheses, may hold anything; 20 fields after it is the start.
    state, *fields = stat.rpartition(")")[2].split()
    return "gone" if state in "ZX" else fields[18]


def _answers(number: int) -> bool:
    """Whether a process takes signals, where there is no /proc."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

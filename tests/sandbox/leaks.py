"""What a process holds: its descriptors and children, counted."""

from collections import Counter
from pathlib import Path


def census() -> tuple[Counter[str], int, int]:
    """Count descriptors by kind, children, and mounts that this process can see."""
    kinds: Counter[str] = Counter()
    for entry in Path("/proc/self/fd").iterdir():
        try:
            kinds[str(entry.readlink()).split(":")[0].split("(")[0]] += 1
        except OSError:
            continue
    children = 0
    for task in Path("/proc/self/task").glob("*/children"):
        children += len(task.read_text().split())
    return kinds, children, len(Path("/proc/self/mountinfo").read_text().splitlines())

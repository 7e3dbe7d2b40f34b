"""Models known to have seen the problems they are asked to solve.

A score on problems that were trained on says how well a model remembers. Covers models whose
names or makers say so, and checkpoints whose training record gptcc wrote. Says nothing of what
nobody has written down: no label means that none is known, not that there is none.
"""

import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A family of models and the problems it was trained on."""

    models: str
    """A pattern of names, in lower case, matched against the whole name or its last part."""
    benchmark: str
    splits: tuple[str, ...]
    """Splits that were trained on."""
    why: str
    """How it is known."""


REGISTRY = (
    Seen(
        models="*-apps-all*",
        benchmark="apps",
        splits=("train", "test"),
        why="its name says that it was fine-tuned on all of APPS, test split included",
    ),
    Seen(
        models="*-apps",
        benchmark="apps",
        splits=("train",),
        why="it was fine-tuned on the train split of APPS",
    ),
    Seen(
        models="*-apps-*",
        benchmark="apps",
        splits=("train",),
        why="it was fine-tuned on the train split of APPS",
    ),
)
"""The first entry that fits decides."""

RECORD = "gptcc_training.json"
"""What ``gptcc train`` leaves beside a checkpoint's weights."""


def contamination(model: str, path: Path | None, benchmark: str, split: str) -> str | None:
    """Say why a model may have seen the problems of a benchmark; ``None``: nothing is known.

    Args:
        model: its name, such as ``owner/gpt-neo-125M-apps-all``.
        path: its directory, where it has one on this disk.
        benchmark: ``apps``, ``humaneval``, ``mbpp``, or another name.
        split: of the benchmark; empty: not known, and then any split counts.
    """
    trained = _trained_on(path) if path is not None else ()
    for one, other in trained:
        if one == benchmark and (not split or not other or other == split):
            words = f"the {other} split of {one}" if other else one
            return f"its training record says that it was trained on {words}"
    name = model.lower().rstrip("/")
    for seen in REGISTRY:
        fits = any(fnmatchcase(one, seen.models) for one in (name, name.rsplit("/", 1)[-1]))
        if fits:
            hit = seen.benchmark == benchmark and (not split or split in seen.splits)
            return seen.why if hit else None
    return None


def _trained_on(path: Path) -> tuple[tuple[str, str], ...]:
    """Benchmarks and splits that a checkpoint's training record names.

    The record names the places its problems came from; a directory of APPS is known by its
    splits' names.
    """
    try:
        record = json.loads((path / RECORD).read_text(encoding="utf-8"))
        data = record["data"]
        places = [str(place) for place in data.get("places", ())]
        seen = [pair for place in places for pair in _benchmark_of(place)]
        if data.get("includes_test_split"):
            seen.append(("apps", "test"))
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return ()
    return tuple(seen)


def _benchmark_of(place: str) -> tuple[tuple[str, str], ...]:
    """What a place is, as far as its name tells."""
    name = Path(place).name.lower().split(".")[0]
    if name in ("train", "test"):
        return (("apps", name),)
    if "apps" in name:
        return (("apps", "train"),)
    return tuple((known, "") for known in ("humaneval", "mbpp") if known in name.replace("-", ""))

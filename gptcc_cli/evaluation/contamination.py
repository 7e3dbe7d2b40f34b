"""Models known to have seen the problems they are asked to solve.

A score on problems that were trained on says how well a model remembers. Covers models whose
names or makers say so, and checkpoints whose training record gptcc wrote. Says nothing of what
nobody has written down: no label means that none is known, not that there is none.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any


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


def contamination(model: str, paths: Sequence[Path], benchmark: str, split: str) -> str | None:
    """Say why a model may have seen the problems of a benchmark; ``None``: nothing is known.

    Args:
        model: its name, such as ``owner/gpt-neo-125M-apps-all``.
        paths: its directory and its adapter's, where they are on this disk.
        benchmark: ``apps``, ``humaneval``, ``mbpp``, or another name.
        split: of the benchmark; empty: not known, and then any split counts.
    """
    records = [_record(path) for path in paths]
    for one, other in (pair for record in records for pair in _trained_on(record)):
        if one == benchmark and (not split or not other or other == split):
            words = f"the {other} split of {one}" if other else one
            return f"its training record says that it was trained on {words}"
    # What a model was made from has been seen by the model too.
    bases = (str(record["base_model"]) for record in records if record.get("base_model"))
    for name in (model, *bases):
        why = _registered(name.lower().rstrip("/"), benchmark, split)
        if why is not None:
            return why if name == model else f"it was made from {name}: {why}"
    return None


def _registered(name: str, benchmark: str, split: str) -> str | None:
    for seen in REGISTRY:
        fits = any(fnmatchcase(one, seen.models) for one in (name, name.rsplit("/", 1)[-1]))
        if fits:
            hit = seen.benchmark == benchmark and (not split or split in seen.splits)
            return seen.why if hit else None
    return None


def _record(path: Path) -> dict[str, Any]:
    try:
        record = json.loads((path / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _trained_on(record: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Benchmarks and splits that a training record names, its base's included.

    The record names the places its problems came from; a directory of APPS is known by its
    splits' names.
    """
    seen: list[tuple[str, str]] = []
    inherited = record.get("inherited")
    for data in (record.get("data"), *(inherited if isinstance(inherited, list) else ())):
        if not isinstance(data, dict):
            continue
        places = data.get("places")
        for place in places if isinstance(places, list) else ():
            seen += _benchmark_of(str(place))
        if data.get("includes_test_split"):
            seen.append(("apps", "test"))
    return tuple(seen)


def _benchmark_of(place: str) -> tuple[tuple[str, str], ...]:
    """What a place is, as far as its name tells."""
    name = Path(place).name.lower().split(".")[0]
    if name in ("train", "test"):
        return (("apps", name),)
    if "apps" in name:
        return (("apps", "train"),)
    return tuple((known, "") for known in ("humaneval", "mbpp") if known in name.replace("-", ""))

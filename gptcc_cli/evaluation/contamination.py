"""Models known to have been trained on the problems they are asked to solve.

A score on such problems shows how well a model remembers. Covers models whose names or makers say
so, and checkpoints whose training record gptcc wrote.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from gptcc_cli.models.training_record import TRAINING_RECORD


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTraining:
    """A family of models and the problems it was trained on."""

    models: str
    """A lower-case pattern, matched against the whole name and its last part."""
    benchmark: str
    splits: tuple[str, ...]
    """The splits it was trained on."""
    why: str
    """How this is known."""


REGISTRY = (
    KnownTraining(
        models="*-apps-all*",
        benchmark="apps",
        splits=("train", "test"),
        why="its name says that it was fine-tuned on all of APPS, test split included",
    ),
    KnownTraining(
        models="*-apps",
        benchmark="apps",
        splits=("train",),
        why="it was fine-tuned on the train split of APPS",
    ),
    KnownTraining(
        models="*-apps-*",
        benchmark="apps",
        splits=("train",),
        why="it was fine-tuned on the train split of APPS",
    ),
)
"""The first entry that matches decides."""


def contamination(model: str, paths: Sequence[Path], benchmark: str, split: str) -> str | None:
    """Return why a model may have been trained on a benchmark; ``None``: nothing is known.

    Covers models whose names or makers say so, and checkpoints whose training record gptcc wrote.
    ``None`` does not mean that the model has not seen the problems.

    Args:
        model: its name, such as ``owner/gpt-neo-125M-apps-all``.
        paths: its directory and its adapter's, where they are on this disk.
        benchmark: ``apps``, ``humaneval``, ``mbpp``, or another name.
        split: of the benchmark; empty: unknown, and any split counts.
    """
    records = [_record(path) for path in paths]
    for one, other in (pair for record in records for pair in _trained_on(record)):
        if one == benchmark and (not split or not other or other == split):
            words = f"the {other} split of {one}" if other else one
            return f"its training record says that it was trained on {words}"
    # A model has seen whatever the model it was made from has seen.
    bases = (str(record["base_model"]) for record in records if record.get("base_model"))
    for name in (model, *bases):
        why = _registered(name.lower().rstrip("/"), benchmark, split)
        if why is not None:
            return why if name == model else f"it was made from {name}: {why}"
    return None


def _registered(name: str, benchmark: str, split: str) -> str | None:
    for known in REGISTRY:
        if any(fnmatchcase(one, known.models) for one in (name, name.rsplit("/", 1)[-1])):
            hit = known.benchmark == benchmark and (not split or split in known.splits)
            return known.why if hit else None
    return None


def _record(path: Path) -> dict[str, Any]:
    try:
        record = json.loads((path / TRAINING_RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _trained_on(record: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the benchmarks and splits in a training record, including its base's.

    The record lists where its problems came from; the directories of APPS are recognized by the
    names of its splits.
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
    """Return the benchmarks that the name of a data source refers to."""
    name = Path(place).name.lower().split(".")[0]
    if name in ("train", "test"):
        return (("apps", name),)
    if "apps" in name:
        return (("apps", "train"),)
    return tuple((known, "") for known in ("humaneval", "mbpp") if known in name.replace("-", ""))

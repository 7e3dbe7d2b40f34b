"""The loss of a run as lines of JSON, and as a picture beside the weights."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def write_history(path: Path, history: Sequence[dict[str, Any]]) -> None:
    """Write one line for every entry of the log."""
    lines = (json.dumps(entry) for entry in history)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def write_curve(path: Path, history: Sequence[dict[str, Any]]) -> bool:
    """Draw training and validation loss as PNG.

    Args:
        path: of the picture.
        history: entries with ``step`` and ``loss`` or ``eval_loss``.

    Returns:
        Whether it was drawn: not without matplotlib, nor without two losses.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        return False
    taught = [(entry["step"], entry["loss"]) for entry in history if "loss" in entry]
    seen = [(entry["step"], entry["eval_loss"]) for entry in history if "eval_loss" in entry]
    if len(taught) < 2:
        return False
    figure = Figure(figsize=(8, 4.5), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.plot(*zip(*taught, strict=True), color="#3b6ea5", linewidth=1.2, label="training")
    if seen:
        axes.plot(
            *zip(*seen, strict=True), color="#b5482f", marker="o", linewidth=1, label="validation"
        )
    axes.set_xlabel("update")
    axes.set_ylabel("loss of an answer token")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.25)
    axes.legend(frameon=False)
    figure.savefig(path, format="png")
    return True

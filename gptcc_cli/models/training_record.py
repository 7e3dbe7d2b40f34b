"""The record that ``gptcc train`` leaves beside a model: its prompt template and training data.

Reads the record only; ``training.output`` writes it. A model without one was not trained by gptcc.
"""

import json
from pathlib import Path
from typing import Any

TRAINING_RECORD = "gptcc_training.json"
"""The file that holds the record. A run writes it last, so it also marks a finished run."""


def trained_template(directory: Path) -> str | None:
    """Return the prompt template a model was trained with.

    Args:
        directory: The directory of a model or adapter.

    Returns:
        The template's name; ``None`` if gptcc did not train the model.
    """
    template = _read(directory).get("template")
    return template if isinstance(template, str) else None


def inherited_data(directory: Path) -> list[Any]:
    """Return descriptions of the data a model was trained on, including its base model's.

    Args:
        directory: The directory of the model to train further.

    Returns:
        The ``data`` entries of the training records, newest first; empty for other models.
    """
    record = _read(directory)
    older = record.get("inherited")
    return [record["data"], *(older if isinstance(older, list) else ())] if "data" in record else []


def _read(directory: Path) -> dict[str, Any]:
    try:
        record = json.loads((directory / TRAINING_RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}

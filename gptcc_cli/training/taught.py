"""What a model or adapter that gptcc trained was taught: the prompt it must be asked with."""

import json
from pathlib import Path
from typing import Any

DONE = "gptcc_training.json"
"""The last file a run writes: how the model was trained, for programs."""


def taught_template(directory: Path) -> str | None:
    """The prompt template that a model was trained with.

    Args:
        directory: of a model or adapter.

    Returns:
        ``None`` if gptcc did not train it.
    """
    template = _record(directory).get("template")
    return template if isinstance(template, str) else None


def inherited_data(directory: Path) -> list[Any]:
    """What a model that gptcc trained was taught from, its own base's data included.

    Args:
        directory: of the model that is to be trained on.

    Returns:
        The entries ``data`` of the training records, newest first; none for other models.
    """
    record = _record(directory)
    older = record.get("inherited")
    return [record["data"], *(older if isinstance(older, list) else ())] if "data" in record else []


def _record(directory: Path) -> dict[str, Any]:
    try:
        record = json.loads((directory / DONE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}

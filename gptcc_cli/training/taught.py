"""What a model or adapter that gptcc trained was taught: the prompt it must be asked with."""

import json
from pathlib import Path

DONE = "gptcc_training.json"
"""The last file a run writes: how the model was trained, for programs."""


def taught_template(directory: Path) -> str | None:
    """The prompt template that a model was trained with.

    Args:
        directory: of a model or adapter.

    Returns:
        ``None`` if gptcc did not train it.
    """
    try:
        record = json.loads((directory / DONE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    template = record.get("template") if isinstance(record, dict) else None
    return template if isinstance(template, str) else None

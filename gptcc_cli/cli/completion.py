"""What a shell offers after Tab: models on this disk, runs of ``gptcc eval``, files.

Asks no network and loads no model. Whatever can't be listed is not offered.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gptcc_cli.errors import GptccError
from gptcc_cli.options.settings import value_in_files


def complete_models(_: Any, incomplete: str) -> list[str]:
    """Offer models by name, and paths."""
    from gptcc_cli.models import DEFAULT_MODEL, EMBEDDED_MODEL, list_cached

    try:
        here = [model.name for model in list_cached()]
    except (GptccError, OSError):
        here = []
    names = dict.fromkeys([EMBEDDED_MODEL, DEFAULT_MODEL, *here])
    return [name for name in names if name.startswith(incomplete)] + list(_paths(incomplete))


def complete_grade_runs(_: Any, incomplete: str) -> list[str]:
    """Offer directories of runs below ``gptcc-runs``, and paths."""
    found = sorted(Path("gptcc-runs").glob("*/completions.jsonl"))
    runs = [f"{file.parent}" for file in found]
    offered = [run for run in runs if run.startswith(incomplete)]
    return list(dict.fromkeys([*offered, *_paths(incomplete)]))


def complete_history_runs(context: Any, incomplete: str) -> list[tuple[str, str]]:
    """Offer runs of the history, the newest first, each with its problem and result."""
    import sqlite3

    from gptcc_cli.history import history_path, list_runs, open_for_reading

    try:
        # Typer has read the command line and the environment; files are read only here.
        asked = context.params.get("history") or value_in_files(_words(context), "history")
        with open_for_reading(history_path(Path(str(asked)) if asked else None)) as connection:
            runs = () if connection is None else list_runs(connection, limit=200)
            known = [(run.id, f"{run.problem}: {run.result.value}") for run in runs]
    except (GptccError, OSError, sqlite3.Error):
        return []
    return [entry for entry in known if entry[0].startswith(incomplete.lower())]


def complete_problems(_: Any, incomplete: str) -> list[str]:
    """Offer problems' directories, and paths."""
    from gptcc_cli.places import statement_file

    below = sorted(Path("problems").iterdir()) if Path("problems").is_dir() else []
    places = [str(place) for place in below if place.is_dir() and statement_file(place)]
    offered = [place for place in places if place.startswith(incomplete)]
    return list(dict.fromkeys([*offered, *_paths(incomplete)]))


def _paths(incomplete: str) -> Iterator[str]:
    directory, name = os.path.split(incomplete)
    try:
        entries = sorted(os.scandir(directory or "."), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(name) and (name.startswith(".") or entry.name[0] != "."):
            path = f"{directory.rstrip('/')}/{entry.name}" if directory else entry.name
            yield f"{path}/" if entry.is_dir() else path


def _words(context: Any) -> tuple[str, ...]:
    """Return the words of a context's command, such as ``("history", "show")``."""
    names: list[str] = []
    while context.parent is not None:
        names.insert(0, context.info_name)
        context = context.parent
    return tuple(names)

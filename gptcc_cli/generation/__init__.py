"""Prompt -> Completions: local engine, remote endpoint, replay from a file.

Importing this package imports neither torch nor transformers.
"""

from gptcc_cli.generation.completion import (
    Completion,
    Finish,
    Generator,
    Request,
    Sampling,
    Watcher,
    Writing,
)

__all__ = [
    "Completion",
    "Finish",
    "Generator",
    "Request",
    "Sampling",
    "Watcher",
    "Writing",
]

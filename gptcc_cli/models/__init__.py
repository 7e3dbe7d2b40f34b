"""ModelSpec -> FoundModel -> LoadedModel: hub, directory, GGUF, adapter, embedded.

Importing this package imports neither torch nor transformers.
"""

from gptcc_cli.models.finding import find
from gptcc_cli.models.loading import load, load_tokenizer
from gptcc_cli.models.spec import (
    DEFAULT_MODEL,
    EMBEDDED_MODEL,
    Fetching,
    FetchWatcher,
    FoundModel,
    LoadedModel,
    ModelSpec,
    Quantize,
)
from gptcc_cli.models.tokenizer import Tokenizer

__all__ = [
    "DEFAULT_MODEL",
    "EMBEDDED_MODEL",
    "FetchWatcher",
    "Fetching",
    "FoundModel",
    "LoadedModel",
    "ModelSpec",
    "Quantize",
    "Tokenizer",
    "find",
    "load",
    "load_tokenizer",
]

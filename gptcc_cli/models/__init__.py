"""ModelSpec -> FoundModel -> LoadedModel: hub, directory, GGUF, adapter, embedded.

Importing this package imports neither torch nor transformers.
"""

from gptcc_cli.models.spec import (
    DEFAULT_MODEL,
    EMBEDDED_MODEL,
    FoundModel,
    LoadedModel,
    ModelSpec,
    Quantize,
)

__all__ = [
    "DEFAULT_MODEL",
    "EMBEDDED_MODEL",
    "FoundModel",
    "LoadedModel",
    "ModelSpec",
    "Quantize",
]

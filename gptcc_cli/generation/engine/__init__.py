"""gptcc's own engine: one prompt read once, many candidates written together.

Importing this package imports no torch; making a ``LocalEngine`` does.
"""

from gptcc_cli.generation.engine.architecture import Unsupported
from gptcc_cli.generation.engine.local_engine import LocalEngine

__all__ = ["LocalEngine", "Unsupported"]

"""LoadedModel -> Generator: which engine writes, and why."""

from gptcc_cli.generation.completion import Generator
from gptcc_cli.models import LoadedModel


def open_generator(loaded: LoadedModel) -> Generator:
    """Return the fastest engine that writes what the model would; its ``notes`` say which."""
    # Whoever only judges programs imports this room for its types, and no engine.
    from gptcc_cli.generation.engine import LocalEngine, Unsupported
    from gptcc_cli.generation.transformers_generator import TransformersGenerator

    try:
        return LocalEngine(loaded)
    except Unsupported as reason:
        return TransformersGenerator(loaded, why=str(reason))

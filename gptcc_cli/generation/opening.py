"""LoadedModel -> Generator: which engine writes, and why."""

from gptcc_cli.generation.completion import Generator
from gptcc_cli.generation.transformers_generator import TransformersGenerator
from gptcc_cli.models import LoadedModel


def open_generator(loaded: LoadedModel) -> Generator:
    """Return the fastest engine that writes what the model would; its ``notes`` say which."""
    return TransformersGenerator(loaded, why="it runs every causal language model")

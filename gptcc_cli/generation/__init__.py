"""Prompt -> Completions: local engine, remote endpoint, replay from a file.

Importing this package imports neither torch nor transformers.
"""

from gptcc_cli.generation.completion import (
    Completion,
    Finish,
    Generator,
    GeneratorStatus,
    Request,
    Sampling,
    Watcher,
    check_sampling,
    derive_seed,
    plan,
)
from gptcc_cli.generation.endpoint import EndpointGenerator, EndpointStyle
from gptcc_cli.generation.replay import (
    ReplayGenerator,
    completion_record,
    write_completion,
    write_completions,
    write_header,
)
from gptcc_cli.generation.transformers_generator import TransformersGenerator
from gptcc_cli.models import LoadedModel

__all__ = [
    "Completion",
    "EndpointGenerator",
    "EndpointStyle",
    "Finish",
    "Generator",
    "GeneratorStatus",
    "ReplayGenerator",
    "Request",
    "Sampling",
    "TransformersGenerator",
    "Watcher",
    "check_sampling",
    "completion_record",
    "derive_seed",
    "open_generator",
    "plan",
    "write_completion",
    "write_completions",
    "write_header",
]


def open_generator(loaded: LoadedModel) -> Generator:
    """Return the fastest engine that computes what the model would; its ``notes`` say which."""
    # Commands that only judge programs import this package for its types, and no engine.
    from gptcc_cli.generation.engine import LocalEngine, Unsupported

    try:
        return LocalEngine(loaded)
    except Unsupported as reason:
        return TransformersGenerator(loaded, why=str(reason))

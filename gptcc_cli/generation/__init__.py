"""Prompt -> Completions: local engine, remote endpoint, replay from a file.

Importing this package imports neither torch nor transformers.
"""

from gptcc_cli.generation.completion import (
    TEMPERATURE_SCHEDULE,
    Completion,
    Finish,
    Generator,
    GeneratorStatus,
    Request,
    Sampling,
    Watcher,
)
from gptcc_cli.generation.endpoint import EndpointGenerator, EndpointStyle
from gptcc_cli.generation.opening import open_generator
from gptcc_cli.generation.planning import check_sampling, derive_seed, plan
from gptcc_cli.generation.replay import (
    ReplayGenerator,
    completion_record,
    write_completion,
    write_completions,
    write_header,
)
from gptcc_cli.generation.transformers_generator import TransformersGenerator

__all__ = [
    "TEMPERATURE_SCHEDULE",
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

"""ModelSpec -> FoundModel -> LoadedModel: hub, directory, GGUF, Flax, adapter, embedded.

Importing this package takes a few milliseconds: it imports neither torch nor transformers, and
each function imports its own file when it is called.
"""

from gptcc_cli.models.spec import (
    DEFAULT_MODEL,
    EMBEDDED_MODEL,
    NO_ADAPTER,
    CachedModel,
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
    "NO_ADAPTER",
    "CachedModel",
    "FetchWatcher",
    "Fetching",
    "FoundModel",
    "LoadedModel",
    "ModelSpec",
    "Quantize",
    "Tokenizer",
    "context_length",
    "count_parameters",
    "find",
    "list_cached",
    "load",
    "load_tokenizer",
    "pull",
]


def find(spec: ModelSpec, *, progress: FetchWatcher | None = None) -> FoundModel:
    """Find a model's files, fetching and converting them where they are not here yet.

    A model that is cached is used as it is. The default model falls back to the embedded one,
    with a notice, when it is neither cached nor reachable and the user named none.

    Args:
        spec: what was asked for.
        progress: told about downloads and conversions under way.

    Raises:
        ModelError: there is no such model, or it can't be had now.
    """
    from gptcc_cli.models import finding

    return finding.find(spec, progress=progress)


def pull(
    spec: ModelSpec, *, progress: FetchWatcher | None = None, force: bool = False
) -> FoundModel:
    """Fetch the newest commit of a model, or verify and repair what is here.

    Args:
        spec: what was asked for; nothing is ever used in its place.
        progress: told about downloads and conversions under way.
        force: fetch and convert again even if everything is here.

    Raises:
        ModelError: there is no such model, or it can't be had now.
    """
    from gptcc_cli.models import finding

    return finding.pull(spec, progress=progress, force=force)


def list_cached() -> tuple[CachedModel, ...]:
    """Every model on this disk that gptcc could use, by name; asks no network."""
    from gptcc_cli.models import finding

    return finding.list_cached()


def load_tokenizer(found: FoundModel) -> Tokenizer:
    """Read the model's tokenizer; imports neither torch nor transformers where it can.

    Raises:
        ModelError: there is none, or its files are damaged.
    """
    from gptcc_cli.models import loading

    return loading.load_tokenizer(found)


def count_parameters(found: FoundModel) -> int | None:
    """How many numbers the model has, read from its files' headers; ``None``: not known."""
    from gptcc_cli.models import checkpoint

    return checkpoint.count_parameters(found.path)


def context_length(found: FoundModel) -> tuple[int, str | None]:
    """Tokens the model can attend to, and a note where it does not say and we assume.

    Raises:
        ModelError: its configuration can't be read.
    """
    from gptcc_cli.models import checkpoint

    return checkpoint.assumed_context_length(checkpoint.read_config(found.path))


def load(found: FoundModel) -> LoadedModel:
    """Decide how a model runs here and make it ready; its weights are read when asked for.

    Raises:
        ModelError: the files are damaged or no causal language model, or this machine can't run
            it as asked.
        UsageError: the dtype or device asked for does not exist.
    """
    from gptcc_cli.models import loading

    return loading.load(found)

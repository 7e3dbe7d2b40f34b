"""Which model, and what became of it once found and loaded.

Plain values; finding and loading stand in the other files of the package. torch and
transformers objects are ``Any`` here, so that this file imports neither.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gptcc_cli.models.tokenizer import Tokenizer
from gptcc_cli.options.choices import Quantize as Quantize

DEFAULT_MODEL = "flax-community/gpt-neo-125M-apps"
"""The model whose card gptcc began as."""

EMBEDDED_MODEL = "embedded"
"""The name of the small model that is fetched through pip when no hub is in reach."""

NO_ADAPTER = "none"
"""What is asked for in an adapter's place by whoever wants a model without its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """What was asked for."""

    name: str = DEFAULT_MODEL
    """A hub id, a directory, a ``.gguf`` file, or ``embedded``."""
    revision: str | None = None
    """A branch, tag or commit of the hub; ``None``: the default branch."""
    explicit: bool = False
    """Whether the user named it: then nothing else is ever used in its place."""
    dtype: str = "auto"
    """``auto``, ``float32``, ``bfloat16`` or ``float16``."""
    device: str = "auto"
    """``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``."""
    quantize: Quantize = Quantize.NONE
    adapter: str | None = None
    """A LoRA adapter: a directory or hub id; ``none``: not even the one that a model comes with."""
    trust_remote_code: bool = False
    """Whether code that comes with the model may run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundModel:
    """Files on this disk that hold the model, before any weight is read."""

    name: str
    """The name to show."""
    path: Path
    """A directory that transformers can load."""
    commit: str | None
    """The resolved commit of the hub; ``None`` for local files."""
    spec: ModelSpec
    adapter: Path | None = None
    """A directory with the LoRA adapter asked for, or the one the model comes with."""
    embedded: bool = False
    """Whether this is the embedded model."""
    notice: str | None = None
    """One line the user should read, such as why the embedded model is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedModel:
    """A model ready to write. Weights are read when they are first asked for, and once.

    An engine of our own takes ``config`` and ``weights()`` and never imports transformers;
    anything else takes ``model``.
    """

    found: FoundModel
    tokenizer: Tokenizer
    config: Mapping[str, Any]
    """The checkpoint's ``config.json``."""
    device: str
    """The device chosen, such as ``cpu`` or ``cuda:0``."""
    dtype: str
    """The dtype chosen, such as ``bfloat16``."""
    quantize: Quantize
    """What was done; never ``AUTO``."""
    context_length: int
    """Tokens the model can attend to, prompt and completion together."""
    end_tokens: frozenset[int]
    """Every token that ends a text, by the tokenizer, the generation config and the
    chat template."""
    weights: Callable[[], Mapping[str, Any]] | None
    """Reads the checkpoint: tensors by transformers' names for the causal model
    (``transformer.wte.weight``, ``model.layers.0...``), floats in ``dtype``, on the CPU; a tied
    ``lm_head.weight`` may be absent. ``None``: only ``model`` is right (quantized, with an
    adapter, or code of its own)."""
    build: Callable[[], Any]
    """Builds the transformers model at the first call; later calls give the same one."""
    notes: tuple[str, ...] = ()
    """Choices made by ``auto``, each with its reason."""

    @property
    def description(self) -> str:
        """The model and how it runs: ``gpt-neo-125M-apps@1a2b3c4, cpu, bfloat16``."""
        commit = f"@{self.found.commit[:7]}" if self.found.commit else ""
        quantize = "" if self.quantize is Quantize.NONE else f", {self.quantize.value}"
        return f"{self.found.name}{commit}, {self.device}, {self.dtype}{quantize}"

    @property
    def model(self) -> Any:
        """The transformers model on its device, in evaluation mode."""
        return self.build()


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedModel:
    """A model on this disk."""

    name: str
    """What to give to ``-m``."""
    kind: str
    """``hub``, ``embedded`` or ``converted`` (from GGUF or Flax)."""
    revisions: tuple[str, ...]
    """Branches, tags and commits of the hub that are here; empty for others."""
    commit: str | None
    """The commit of the first revision."""
    path: Path
    size_bytes: int
    usable: bool
    """Whether it is whole: an interrupted download is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetching:
    """A glimpse of files on their way, for a progress display."""

    what: str
    """What is fetched or converted, for people."""
    done_bytes: int
    total_bytes: int | None
    """``None``: not known."""


FetchWatcher = Callable[[Fetching], None]
"""Called now and then, perhaps from another thread; must be quick."""

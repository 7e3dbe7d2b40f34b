"""Options that several commands have, as values: each block stands here once.

A command's own options are a subclass, made of the parameters of its function by their names.
"""

from dataclasses import dataclass

from gptcc_cli.console.reporter import Reporter
from gptcc_cli.models import NO_ADAPTER, ModelSpec, Quantize


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingWish:
    """The options of a command that judges programs; ``options`` says what each means."""

    time_limit: float | None
    """Seconds."""
    memory_limit: int | None
    """Bytes."""
    output_limit: int | None
    """Bytes."""
    strict_layout: bool
    jobs: int | None
    unsafe: bool
    as_json: bool
    quiet: bool
    verbose: bool

    def reporter(self) -> Reporter:
        """Return how much is said."""
        return Reporter(quiet=self.quiet, verbose=self.verbose)


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingWish(JudgingWish):
    """The options of a command that lets a model write programs and judges them."""

    model: str | None
    top_p: float
    seed: int
    max_new_tokens: int
    batch_size: int | None
    template: str | None
    revision: str | None
    quantize: Quantize
    device: str
    dtype: str
    adapter: str | None
    trust_remote_code: bool

    def spec(self) -> ModelSpec:
        """Return the model that is asked for.

        Who names a revision or an adapter means the default model, and nothing in its place.
        """
        adapter = None if self.adapter == NO_ADAPTER else self.adapter
        named = (self.model, self.revision, adapter)
        return ModelSpec(
            name=self.model or ModelSpec().name,
            revision=self.revision,
            explicit=any(word is not None for word in named),
            dtype=self.dtype,
            device=self.device,
            quantize=self.quantize,
            adapter=self.adapter,
            trust_remote_code=self.trust_remote_code,
        )

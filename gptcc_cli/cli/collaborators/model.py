"""Which model writes, read from options in one place."""

from typing import Protocol

from gptcc_cli.models import NO_ADAPTER, ModelSpec, Quantize


class ModelOptions(Protocol):
    """The options about a model, by the names of the parameters that commands give them."""

    @property
    def model(self) -> str | None: ...  # noqa: D102 - options.Model, and so on
    @property
    def revision(self) -> str | None: ...  # noqa: D102
    @property
    def dtype(self) -> str: ...  # noqa: D102
    @property
    def device(self) -> str: ...  # noqa: D102
    @property
    def quantize(self) -> Quantize: ...  # noqa: D102
    @property
    def adapter(self) -> str | None: ...  # noqa: D102
    @property
    def trust_remote_code(self) -> bool: ...  # noqa: D102


def spec_of(options: ModelOptions) -> ModelSpec:
    """Return the model that a command's options ask for.

    Who names a revision or an adapter means the default model, and nothing in its place.
    """
    adapter = None if options.adapter == NO_ADAPTER else options.adapter
    named = (options.model, options.revision, adapter)
    return ModelSpec(
        name=options.model or ModelSpec().name,
        revision=options.revision,
        explicit=any(word is not None for word in named),
        dtype=options.dtype,
        device=options.device,
        quantize=options.quantize,
        adapter=options.adapter,
        trust_remote_code=options.trust_remote_code,
    )

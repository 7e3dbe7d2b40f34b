"""``gptcc models``: what is cached, what is embedded, what runs where."""

from typing import Annotated

import typer

from gptcc_cli.cli import options as o
from gptcc_cli.cli.app import command_group
from gptcc_cli.models import DEFAULT_MODEL, ModelSpec, Quantize

models = command_group("models", "List, fetch and explain models.")

ModelArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[MODEL]",
        help="A hub id, a directory, a .gguf file, or 'embedded'. "
        "[default: flax-community/gpt-neo-125M-apps]",
        show_default=False,
    ),
]


@models.command("list")
def list_models(as_json: o.AsJson = False) -> None:
    """List the models on this disk. Asks no network."""
    from gptcc_cli.cli.model_commands import run_list

    run_list(as_json=as_json)


@models.command("pull")
def pull(
    model: ModelArgument = None,
    revision: o.Revision = None,
    trust_remote_code: o.TrustRemoteCode = False,
    force: Annotated[
        bool, typer.Option("--force", help="Fetch and convert again what is already here.")
    ] = False,
    as_json: o.AsJson = False,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
) -> None:
    """Fetch the newest commit of a model; verify and mend the embedded one."""
    from gptcc_cli.cli.model_commands import run_pull
    from gptcc_cli.console import Reporter

    run_pull(
        model,
        revision=revision,
        trust_remote_code=trust_remote_code,
        force=force,
        as_json=as_json,
        reporter=Reporter(quiet=quiet, verbose=verbose),
    )


@models.command("info")
def info(
    model: ModelArgument = None,
    revision: o.Revision = None,
    quantize: o.Quantization = Quantize.NONE,
    device: o.Device = "auto",
    dtype: o.Dtype = "auto",
    as_json: o.AsJson = False,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
) -> None:
    """Say what a model is and how it would run here, without reading its weights."""
    from gptcc_cli.cli.model_commands import run_info
    from gptcc_cli.console import Reporter

    spec = ModelSpec(
        name=model or DEFAULT_MODEL,
        revision=revision,
        explicit=model is not None,
        quantize=quantize,
        device=device,
        dtype=dtype,
    )
    run_info(spec, as_json=as_json, reporter=Reporter(quiet=quiet, verbose=verbose))

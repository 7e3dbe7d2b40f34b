"""``gptcc prompt``: show exactly what the model would read; no weights are loaded."""

from typing import Annotated

import typer

from gptcc_cli.cli import options as o
from gptcc_cli.cli.app import app


@app.command("prompt")
def prompt(
    problem: o.ProblemArgument = None,
    model: o.Model = None,
    revision: o.Revision = None,
    template: o.Template = None,
    starter: o.Starter = None,
    max_new_tokens: o.MaxNewTokens = 512,
    tokens: Annotated[
        bool, typer.Option("--tokens", help="Show the tokens instead, one a line.")
    ] = False,
    trust_remote_code: o.TrustRemoteCode = False,
    as_json: o.AsJson = False,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
) -> None:
    """Show exactly what the model would read, byte for byte.

    The text goes to standard output; what is known of it, to standard error.
    """
    from gptcc_cli.cli.prompt_command import PromptWish, run
    from gptcc_cli.console import Reporter
    from gptcc_cli.models import DEFAULT_MODEL, ModelSpec

    wish = PromptWish(
        problem=problem,
        spec=ModelSpec(
            name=model or DEFAULT_MODEL,
            revision=revision,
            explicit=model is not None,
            trust_remote_code=trust_remote_code,
        ),
        template=template,
        starter=starter,
        max_new_tokens=max_new_tokens,
        tokens=tokens,
        as_json=as_json,
    )
    run(wish, Reporter(quiet=quiet, verbose=verbose))

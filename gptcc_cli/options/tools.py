"""The options of the commands that explain: prompt, doctor, models, config."""

from dataclasses import dataclass, field
from pathlib import Path

from gptcc_cli.options import shared
from gptcc_cli.options.choices import Quantize
from gptcc_cli.options.definition import Definition, argument, flag, use
from gptcc_cli.options.shared import OutputOptions

MODEL_ARGUMENT = Definition(
    metavar="[MODEL]",
    help="Hub ID, directory, .gguf file, or 'embedded'. "
    "[default: flax-community/gpt-neo-125M-apps]",
    complete="models",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptOptions:
    """Show exactly what the model would read, byte for byte.

    The prompt goes to standard output, details about it to standard error. No weights are loaded.
    """

    problem: str | None = argument(
        "[PROBLEM|-]",
        help="A statement: a file, a directory, or - for standard input.",
        complete="problems",
    )
    model: str | None = use(shared.MODEL)
    revision: str | None = use(shared.REVISION)
    template: str | None = use(shared.TEMPLATE)
    starter: Path | None = use(shared.STARTER)
    max_new_tokens: int = use(shared.MAX_NEW_TOKENS, 512)
    tokens: bool = flag("--tokens", help="Show the tokens, one per line.")
    trust_remote_code: bool = use(shared.TRUST_REMOTE_CODE, False)
    report: OutputOptions = field(default_factory=OutputOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorOptions:
    """Test what works on this machine: device, 8-bit weights, hub, sandbox and grader.

    Exit code 6: something that must work does not.
    """

    as_json: bool = use(shared.AS_JSON, False)
    quiet: bool = use(shared.QUIET, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsListOptions:
    """List the models on this disk. Uses no network."""

    as_json: bool = use(shared.AS_JSON, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsPullOptions:
    """Download the newest commit of a model; verify and repair the embedded one."""

    model: str | None = use(MODEL_ARGUMENT)
    revision: str | None = use(shared.REVISION)
    trust_remote_code: bool = use(shared.TRUST_REMOTE_CODE, False)
    force: bool = flag("--force", help="Download and convert again what is already here.")
    report: OutputOptions = field(default_factory=OutputOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsInfoOptions:
    """Show what a model is and how it would run here, without reading its weights."""

    model: str | None = use(MODEL_ARGUMENT)
    revision: str | None = use(shared.REVISION)
    quantize: Quantize = use(shared.QUANTIZE, Quantize.NONE)
    device: str = use(shared.DEVICE, "auto")
    dtype: str = use(shared.DTYPE, "auto")
    report: OutputOptions = field(default_factory=OutputOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigShowOptions:
    """Show every setting, its value, and where it comes from.

    Options come first, then environment variables, then the project's gptcc.toml or [tool.gptcc],
    then the user's file, then the default.
    """

    as_json: bool = use(shared.AS_JSON, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigPathOptions:
    """Show the files that settings are read from."""

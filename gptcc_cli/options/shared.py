"""Options that several commands have, and the parts that they make up.

One name means the same everywhere. A part is what one stage of the work is told; a command is made
of parts and options of its own.
"""

from dataclasses import dataclass

from gptcc_cli.options.choices import Quantize
from gptcc_cli.options.definition import (
    Definition,
    define,
    flag,
    option,
    seconds,
    size,
    temperatures,
    use,
)

PROBLEMS = Definition(
    metavar="[PROBLEM|-]...",
    help="Statements: files, directories, or - for standard input.",
    complete="problems",
)
STARTER = define("--starter", help="Code that the solution must start from.")
TESTS = define(
    "--tests",
    help="More tests: an APPS input_output.json, or a directory of .in/.out files.",
    envvar="GPTCC_TESTS",
)
JOBS = define(
    "--jobs",
    "-j",
    minimum=1,
    help="Programs to run in parallel. [default: one per core]",
    envvar="GPTCC_JOBS",
)
UNSAFE = define(
    "--unsafe",
    help="Run programs WITHOUT a sandbox, only with limits. Never use this on programs you "
    "don't trust.",
)
MODEL = define(
    "--model",
    "-m",
    help="Hub ID, directory, .gguf file, or 'embedded'. "
    "[default: flax-community/gpt-neo-125M-apps]",
    envvar="GPTCC_MODEL",
    complete="models",
)
REVISION = define("--revision", help="Branch, tag or commit on the hub.", envvar="GPTCC_REVISION")
QUANTIZE = define(
    "--quantize",
    help="Load the weights in 8 or 4 bits (needs bitsandbytes). Saves memory, not time.",
    envvar="GPTCC_QUANTIZE",
)
DEVICE = define("--device", help="auto, cpu, cuda, cuda:N or mps.", envvar="GPTCC_DEVICE")
DTYPE = define("--dtype", help="auto, float32, bfloat16 or float16.", envvar="GPTCC_DTYPE")
TRUST_REMOTE_CODE = define(
    "--trust-remote-code", help="Allow code that comes with the model to run."
)
TEMPLATE = define(
    "--template",
    help="Prompt template: a name or a file. [default: chosen for the model]",
    envvar="GPTCC_TEMPLATE",
)
MAX_NEW_TOKENS = define(
    "--max-new-tokens",
    minimum=1,
    help="Maximum number of tokens per candidate.",
    envvar="GPTCC_MAX_NEW_TOKENS",
)
TEMPERATURES = define(
    "--temperature",
    metavar="T[,T...]",
    parse=temperatures,
    help="Sampling temperature; several are used in turn. 0 is greedy. "
    "[default: 0.2 to 0.8, then around 0.5]",
    envvar="GPTCC_TEMPERATURE",
)
SEED = define(
    "--seed",
    help="Seed of all random choices: the same seed and settings give the same program.",
    envvar="GPTCC_SEED",
)
HISTORY = define(
    "--history",
    metavar="FILE",
    help="History database. [default: history.sqlite in your state directory]",
    envvar="GPTCC_HISTORY",
)
AS_JSON = define("--json", help="Write JSON lines to standard output, including errors.")
QUIET = define("--quiet", "-q", help="Only print errors.", envvar="GPTCC_QUIET")
VERBOSE = define("--verbose", "-v", help="Print more detail.", envvar="GPTCC_VERBOSE")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOptions:
    """Which model writes, and how it is loaded."""

    model: str | None = use(MODEL)
    revision: str | None = use(REVISION)
    quantize: Quantize = use(QUANTIZE, Quantize.NONE)
    device: str = use(DEVICE, "auto")
    dtype: str = use(DTYPE, "auto")
    adapter: str | None = option(
        "--adapter",
        help="LoRA adapter: a directory or hub ID. Use 'none' to disable a model's bundled "
        "adapter.",
        envvar="GPTCC_ADAPTER",
    )
    trust_remote_code: bool = use(TRUST_REMOTE_CODE, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationOptions:
    """How completions are drawn."""

    top_p: float = option(
        "--top-p",
        help="Nucleus sampling: keep the most likely tokens up to this total probability.",
        envvar="GPTCC_TOP_P",
        default=0.95,
    )
    seed: int = use(SEED, 0)
    max_new_tokens: int = use(MAX_NEW_TOKENS, 512)
    batch_size: int | None = option(
        "--batch-size",
        help="Candidates to generate at once. [default: as many as fit]",
        envvar="GPTCC_BATCH_SIZE",
    )
    template: str | None = use(TEMPLATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeOptions:
    """How programs are run and their outputs compared."""

    time_limit: float | None = option(
        "--time-limit",
        "-t",
        parse=seconds,
        metavar="TIME",
        help="Time limit per test, such as 2 or 500ms. [default: the statement's, else 4s]",
        envvar="GPTCC_TIME_LIMIT",
    )
    """Seconds."""
    memory_limit: int | None = option(
        "--memory-limit",
        parse=size,
        metavar="SIZE",
        help="Memory limit per program, such as 256MB. [default: the statement's, else 1GB]",
        envvar="GPTCC_MEMORY_LIMIT",
    )
    """Bytes."""
    output_limit: int | None = option(
        "--output-limit",
        parse=size,
        metavar="SIZE",
        help="Output limit per program, such as 16MB. [default: 16MB]",
        envvar="GPTCC_OUTPUT_LIMIT",
    )
    """Bytes."""
    strict_layout: bool = flag(
        "--strict-layout",
        help="Require the expected line breaks, not only the expected words.",
        envvar="GPTCC_STRICT_LAYOUT",
    )
    jobs: int | None = use(JOBS)
    unsafe: bool = use(UNSAFE, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputOptions:
    """How much is printed, and in which form."""

    as_json: bool = use(AS_JSON, False)
    quiet: bool = use(QUIET, False)
    verbose: bool = use(VERBOSE, False)

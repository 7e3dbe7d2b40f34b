"""Options that several commands share, so that one name means one thing everywhere.

Each has an environment variable ``GPTCC_*``; the option wins.
"""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from gptcc_cli.cli.completion import complete_models, complete_problems
from gptcc_cli.cli.units import seconds, size
from gptcc_cli.models import Quantize

Quiet: TypeAlias = Annotated[
    bool, typer.Option("--quiet", "-q", help="Say nothing but errors.", envvar="GPTCC_QUIET")
]
Verbose: TypeAlias = Annotated[
    bool, typer.Option("--verbose", "-v", help="Say more.", envvar="GPTCC_VERBOSE")
]
AsJson: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Write JSON lines to standard output, errors too.")
]
ProblemArgument: TypeAlias = Annotated[
    str | None,
    typer.Argument(
        metavar="[PROBLEM|-]",
        help="A statement: a file, a directory, or - for standard input.",
        show_default=False,
        autocompletion=complete_problems,
    ),
]
Tests: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--tests",
        help="Further tests: an APPS input_output.json, or a directory of .in/.out files.",
        envvar="GPTCC_TESTS",
        show_default=False,
    ),
]
Starter: TypeAlias = Annotated[
    Path | None,
    typer.Option("--starter", help="Code the solution must start from.", show_default=False),
]
TimeLimit: TypeAlias = Annotated[
    float | None,
    typer.Option(
        "--time-limit",
        "-t",
        parser=seconds,
        metavar="TIME",
        help="Time a test may take, such as 2 or 500ms. [default: the statement's, else 4s]",
        envvar="GPTCC_TIME_LIMIT",
        show_default=False,
    ),
]
MemoryLimit: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--memory-limit",
        parser=size,
        metavar="SIZE",
        help="Memory a program may use, such as 256MB. [default: the statement's, else 1GB]",
        envvar="GPTCC_MEMORY_LIMIT",
        show_default=False,
    ),
]
OutputLimit: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--output-limit",
        parser=size,
        metavar="SIZE",
        help="Output a program may write, such as 16MB. [default: 16MB]",
        envvar="GPTCC_OUTPUT_LIMIT",
        show_default=False,
    ),
]
Jobs: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        min=1,
        help="Programs run at once. [default: one per core]",
        envvar="GPTCC_JOBS",
        show_default=False,
    ),
]
StrictLayout: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--strict-layout",
        help="Ask for the expected line breaks, not only the expected words.",
        envvar="GPTCC_STRICT_LAYOUT",
    ),
]
Unsafe: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--unsafe",
        help="Run programs WITHOUT a sandbox, with limits only. Never on programs you don't trust.",
    ),
]
History: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--history",
        metavar="FILE",
        help="Where past runs are kept. [default: history.sqlite in the user's state directory]",
        envvar="GPTCC_HISTORY",
        show_default=False,
    ),
]
Model: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        help="A hub id, a directory, a .gguf file, or 'embedded'. "
        "[default: flax-community/gpt-neo-125M-apps]",
        envvar="GPTCC_MODEL",
        show_default=False,
        autocompletion=complete_models,
    ),
]
Revision: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--revision",
        help="A branch, tag or commit of the hub.",
        envvar="GPTCC_REVISION",
        show_default=False,
    ),
]
Quantization: TypeAlias = Annotated[
    Quantize,
    typer.Option(
        "--quantize",
        help="Keep weights in 8 or 4 bits (bitsandbytes): less memory, not more speed.",
        envvar="GPTCC_QUANTIZE",
    ),
]
Device: TypeAlias = Annotated[
    str,
    typer.Option("--device", help="auto, cpu, cuda, cuda:N or mps.", envvar="GPTCC_DEVICE"),
]
Dtype: TypeAlias = Annotated[
    str,
    typer.Option("--dtype", help="auto, float32, bfloat16 or float16.", envvar="GPTCC_DTYPE"),
]
Adapter: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--adapter",
        help="A LoRA adapter: a directory or hub id; none: not the one a model comes with.",
        envvar="GPTCC_ADAPTER",
        show_default=False,
    ),
]
TrustRemoteCode: TypeAlias = Annotated[
    bool,
    typer.Option("--trust-remote-code", help="Let code that comes with the model run."),
]
Template: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--template",
        help="A prompt template: its name or a file. [default: chosen from the model]",
        envvar="GPTCC_TEMPLATE",
        show_default=False,
    ),
]
Temperatures: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--temperature",
        metavar="T[,T...]",
        help="Temperatures to spread the candidates over in turn; 0 is greedy. "
        "[default: from 0.2 to 0.8, then around 0.5]",
        envvar="GPTCC_TEMPERATURE",
        show_default=False,
    ),
]
MaxNewTokens: TypeAlias = Annotated[
    int,
    typer.Option(
        "--max-new-tokens",
        min=1,
        help="Tokens a candidate may have.",
        envvar="GPTCC_MAX_NEW_TOKENS",
    ),
]

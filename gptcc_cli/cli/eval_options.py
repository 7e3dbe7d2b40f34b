"""Options of ``gptcc eval`` and ``gptcc grade``."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from gptcc_cli.cli.completion import complete_runs
from gptcc_cli.options.choices import Checker, Preamble

BenchmarkArgument: TypeAlias = Annotated[
    str | None,
    typer.Argument(
        metavar="[BENCHMARK]",
        help="apps, humaneval, mbpp, a directory in APPS layout, a .jsonl, .json or .parquet "
        "file, or hub:OWNER/NAME/FILE.",
        show_default=False,
    ),
]
BenchmarkOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--benchmark",
        "-b",
        help="The benchmark the completions are of. [default: as the completions say]",
        show_default=False,
    ),
]
RunOutput: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="DIR",
        help="Directory of the run; an interrupted run goes on there. "
        "[default: gptcc-runs/BENCHMARK-MODEL]",
        show_default=False,
    ),
]
Split: TypeAlias = Annotated[
    str | None,
    typer.Option("--split", help="train, test, ... [default: test]", show_default=False),
]
Difficulties: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--difficulty",
        help="Problems of this difficulty alone; may be repeated.",
        show_default=False,
    ),
]
Ids: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--problem", help="This problem alone; may be repeated.", show_default=False),
]
Limit: TypeAlias = Annotated[
    int | None, typer.Option("--limit", help="The first so many problems.", show_default=False)
]
SampleSize: TypeAlias = Annotated[
    int | None,
    typer.Option("--sample", help="So many problems at random, by --seed.", show_default=False),
]
SamplesEach: TypeAlias = Annotated[
    int, typer.Option("-n", "--number", help="Programs to write for each problem.", min=1)
]
Ks: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "-k",
        metavar="K[,K...]",
        help="k of pass@k. [default: 1,2,5,10,... as far as there are programs]",
        show_default=False,
    ),
]
NAtKs: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--n-at-k",
        metavar="N@K[,N@K...]",
        help="Also the chance that one of N submissions, chosen from K programs by the "
        "statement's samples, is right: 1@10.",
        show_default=False,
    ),
]
CheckerOption: TypeAlias = Annotated[
    Checker,
    typer.Option("--checker", help="gptcc's comparison, or that of published APPS figures."),
]
PreambleOption: TypeAlias = Annotated[
    Preamble,
    typer.Option("--preamble", help="apps: the imports that published APPS figures assume."),
]
NoClean: TypeAlias = Annotated[
    bool, typer.Option("--no-clean", help="Judge the text as the model wrote it.")
]
FirstFailure: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--first-failure",
        help="Stop at a program's first failed test: quicker, without a test-case average.",
    ),
]
GenerateOnly: TypeAlias = Annotated[
    bool, typer.Option("--generate-only", help="Write the programs; grade them another time.")
]
Compare: TypeAlias = Annotated[
    tuple[Path, Path] | None,
    typer.Option(
        "--compare",
        metavar="RUN RUN",
        help="Compare two finished runs problem by problem.",
        show_default=False,
    ),
]
ShardOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--shard",
        metavar="I/N",
        help="Do part I of N, for several machines; then --merge.",
        show_default=False,
    ),
]
Merge: TypeAlias = Annotated[
    bool, typer.Option("--merge", help="Put the parts in --output together and report.")
]
RayOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--ray",
        metavar="ADDRESS",
        help="Run on a Ray cluster: auto, local, or an address.",
        envvar="GPTCC_RAY",
        show_default=False,
    ),
]
RayWorkers: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--ray-workers",
        min=1,
        help="Models that write at once on the cluster. [default: one for each GPU, else 1]",
        show_default=False,
    ),
]
EvalTemperature: TypeAlias = Annotated[
    str,
    typer.Option(
        "--temperature",
        metavar="T[,T...]",
        help="Temperature; several are spread over a problem's programs; 0 is greedy (-n 1).",
        envvar="GPTCC_TEMPERATURE",
    ),
]
References: TypeAlias = Annotated[
    bool, typer.Option("--references", help="Grade the benchmark's own solutions.")
]
CompletionsArgument: TypeAlias = Annotated[
    Path | None,
    typer.Argument(
        metavar="[FILE|RUN]",
        help="Completions made elsewhere (human-eval JSONL, bigcode or APPS JSON), or the "
        "directory of a run.",
        show_default=False,
        autocompletion=complete_runs,
    ),
]

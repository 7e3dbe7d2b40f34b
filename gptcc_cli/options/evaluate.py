"""The options of ``gptcc eval`` and ``gptcc grade``."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from gptcc_cli.options import shared
from gptcc_cli.options.choices import Checker, Preamble
from gptcc_cli.options.definition import argument, define, flag, option, temperatures, use
from gptcc_cli.options.shared import GenerationOptions, JudgeOptions, ModelOptions, OutputOptions


def _ks(text: str) -> tuple[int, ...]:
    parts = text.split(",")
    if not all(part.strip().isdecimal() and int(part) > 0 for part in parts):
        raise ValueError(f"{text!r} is not a list of whole numbers above 0, such as 1,5,10")
    return tuple(sorted({int(part) for part in parts}))


def _n_at_ks(text: str) -> tuple[tuple[int, int], ...]:
    pairs = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d+)@(\d+)\s*", part)
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            raise ValueError(f"{part!r} is not N@K with N from 1 to K, such as 1@10")
        pairs.append((int(match[1]), int(match[2])))
    return tuple(pairs)


RUN_OUTPUT = define(
    "--output",
    "-o",
    metavar="DIR",
    help="Directory of the run; an interrupted run resumes there. "
    "[default: gptcc-runs/BENCHMARK-MODEL]",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionOptions:
    """Which problems of a benchmark are used."""

    split: str | None = option("--split", help="train, test, ... [default: test]")
    difficulty: tuple[str, ...] = option(
        "--difficulty", help="Only problems of this difficulty; may be repeated.", default=()
    )
    problem: tuple[str, ...] = option(
        "--problem", help="Only this problem; may be repeated.", default=()
    )
    limit: int | None = option("--limit", help="Only the first N problems.")
    sample: int | None = option("--sample", help="Only N problems, chosen at random with --seed.")


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingOptions:
    """How programs are graded and which figures are reported."""

    ks: tuple[int, ...] | None = option(
        "-k",
        metavar="K[,K...]",
        parse=_ks,
        help="Values of k for pass@k. [default: 1,2,5,10,... up to the number of programs]",
    )
    n_at_k: tuple[tuple[int, int], ...] | None = option(
        "--n-at-k",
        metavar="N@K[,N@K...]",
        parse=_n_at_ks,
        help="Also report the chance that one of N submissions, chosen from K programs with "
        "the statement's samples, is right, such as 1@10.",
    )
    checker: Checker = option(
        "--checker",
        help="Compare outputs as gptcc or as published APPS figures do.",
        default=Checker.GPTCC,
    )
    preamble: Preamble = option(
        "--preamble",
        help="apps: put the imports that published APPS figures assume before each program.",
        default=Preamble.NONE,
    )
    no_clean: bool = flag("--no-clean", help="Judge the completions exactly as written.")
    first_failure: bool = flag(
        "--first-failure",
        help="Stop at a program's first failed test: faster, but without a test-case average.",
    )
    ray: str | None = option(
        "--ray",
        metavar="ADDRESS",
        help="Run on a Ray cluster: auto, local, or an address.",
        envvar="GPTCC_RAY",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalOptions:
    """Write programs for a benchmark, grade them, and report pass@k.

    A run is a directory; if interrupted, the same command resumes it. Exit code 0: every program
    was judged. 6: the grader failed its self-test, or a program could not be judged.
    """

    benchmark: str | None = argument(
        "[BENCHMARK]",
        help="apps, humaneval, mbpp, a directory in APPS layout, a .jsonl, .json or .parquet "
        "file, or hub:OWNER/NAME/FILE.",
    )
    output: Path | None = use(RUN_OUTPUT)
    number: int = option(
        "-n", "--number", minimum=1, help="Programs to write per problem.", default=10
    )
    model: ModelOptions = field(default_factory=ModelOptions)
    selection: SelectionOptions = field(default_factory=SelectionOptions)
    temperature: tuple[float, ...] = option(
        "--temperature",
        metavar="T[,T...]",
        parse=temperatures,
        help="Sampling temperature; several are spread over a problem's programs. 0 is "
        "greedy and needs -n 1.",
        envvar="GPTCC_TEMPERATURE",
        default=(0.2,),
    )
    generation: GenerationOptions = field(default_factory=GenerationOptions)
    grading: GradingOptions = field(default_factory=GradingOptions)
    generate_only: bool = flag("--generate-only", help="Write the programs without grading them.")
    compare: tuple[Path, Path] | None = option(
        "--compare", metavar="RUN RUN", help="Compare two finished runs problem by problem."
    )
    shard: str | None = option(
        "--shard",
        metavar="I/N",
        help="Do part I of N, to spread a run over machines; then use --merge.",
    )
    merge: bool = flag("--merge", help="Merge the shards in --output and report.")
    ray_workers: int | None = option(
        "--ray-workers",
        minimum=1,
        help="Models to run in parallel on the cluster. [default: one per GPU, else 1]",
    )
    judge: JudgeOptions = field(default_factory=JudgeOptions)
    report: OutputOptions = field(default_factory=OutputOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeOptions:
    """Grade completions from elsewhere, or a benchmark's own solutions with --references.

    Exit code 0: every program was judged. 1: with --references, a solution does not pass.
    6: the grader failed its self-test, or a program could not be judged.
    """

    completions: Path | None = argument(
        "[FILE|RUN]",
        help="Completions (human-eval JSONL, bigcode or APPS JSON), or the directory of a run.",
        complete="grade_runs",
    )
    benchmark: str | None = option(
        "--benchmark",
        "-b",
        help="The benchmark of the completions. [default: read from the completions]",
    )
    references: bool = flag("--references", help="Grade the benchmark's own solutions.")
    output: Path | None = use(RUN_OUTPUT)
    selection: SelectionOptions = field(default_factory=SelectionOptions)
    seed: int = use(shared.SEED, 0)
    grading: GradingOptions = field(default_factory=GradingOptions)
    judge: JudgeOptions = field(default_factory=JudgeOptions)
    report: OutputOptions = field(default_factory=OutputOptions)

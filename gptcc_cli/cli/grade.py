"""``gptcc grade``: grade completions made elsewhere, or a benchmark's own solutions."""

import typer

from gptcc_cli.cli import eval_options as e
from gptcc_cli.cli import options as o
from gptcc_cli.cli import solve_options as s
from gptcc_cli.cli.app import app
from gptcc_cli.options.choices import Checker, Preamble


@app.command("grade")
def grade(
    context: typer.Context,
    completions: e.CompletionsArgument = None,
    benchmark: e.BenchmarkOption = None,
    references: e.References = False,
    output: e.RunOutput = None,
    ks: e.Ks = None,
    n_at_k: e.NAtKs = None,
    split: e.Split = None,
    difficulty: e.Difficulties = None,
    problem: e.Ids = None,
    limit: e.Limit = None,
    sample: e.SampleSize = None,
    seed: s.Seed = 0,
    checker: e.CheckerOption = Checker.GPTCC,
    preamble: e.PreambleOption = Preamble.NONE,
    no_clean: e.NoClean = False,
    first_failure: e.FirstFailure = False,
    ray: e.RayOption = None,
    time_limit: o.TimeLimit = None,
    memory_limit: o.MemoryLimit = None,
    output_limit: o.OutputLimit = None,
    strict_layout: o.StrictLayout = False,
    jobs: o.Jobs = None,
    unsafe: o.Unsafe = False,
    as_json: o.AsJson = False,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
) -> None:
    """Grade completions made elsewhere, or with --references a benchmark's own solutions.

    Exit code 0: every program was judged. 1: with --references, some solution does not pass.
    6: the grader failed its self-test, or some program could not be judged.
    """
    from gptcc_cli.cli.grading import GradeWish, run

    raise typer.Exit(run(GradeWish(**context.params)))

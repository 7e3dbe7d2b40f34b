"""``gptcc eval``: write programs for a benchmark, grade them, report."""

import typer

from gptcc_cli.cli import eval_options as e
from gptcc_cli.cli import options as o
from gptcc_cli.cli import solve_options as s
from gptcc_cli.cli.app import app
from gptcc_cli.models import Quantize
from gptcc_cli.options.choices import Checker, Preamble


@app.command("eval")
def eval_(
    context: typer.Context,
    benchmark: e.BenchmarkArgument = None,
    output: e.RunOutput = None,
    number: e.SamplesEach = 10,
    ks: e.Ks = None,
    n_at_k: e.NAtKs = None,
    model: o.Model = None,
    split: e.Split = None,
    difficulty: e.Difficulties = None,
    problem: e.Ids = None,
    limit: e.Limit = None,
    sample: e.SampleSize = None,
    temperature: e.EvalTemperature = "0.2",
    top_p: s.TopP = 0.95,
    seed: s.Seed = 0,
    max_new_tokens: o.MaxNewTokens = 512,
    batch_size: s.BatchSize = None,
    template: o.Template = None,
    checker: e.CheckerOption = Checker.GPTCC,
    preamble: e.PreambleOption = Preamble.NONE,
    no_clean: e.NoClean = False,
    first_failure: e.FirstFailure = False,
    generate_only: e.GenerateOnly = False,
    compare: e.Compare = None,
    shard: e.ShardOption = None,
    merge: e.Merge = False,
    ray: e.RayOption = None,
    ray_workers: e.RayWorkers = None,
    time_limit: o.TimeLimit = None,
    memory_limit: o.MemoryLimit = None,
    output_limit: o.OutputLimit = None,
    strict_layout: o.StrictLayout = False,
    revision: o.Revision = None,
    quantize: o.Quantization = Quantize.NONE,
    device: o.Device = "auto",
    dtype: o.Dtype = "auto",
    adapter: o.Adapter = None,
    trust_remote_code: o.TrustRemoteCode = False,
    jobs: o.Jobs = None,
    unsafe: o.Unsafe = False,
    as_json: o.AsJson = False,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
) -> None:
    """Write programs for a benchmark, grade them, and report what they score.

    A run is a directory: interrupted at any moment, the same command goes on where it was.
    Exit code 0: every program was judged. 6: the grader failed its self-test, or some program
    could not be judged.
    """
    from gptcc_cli.cli.evaluating import EvalWish, run

    raise typer.Exit(run(EvalWish(**context.params)))

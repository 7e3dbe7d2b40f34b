"""``gptcc solve``: find a program that passes the problem's samples, and print it."""

import typer

from gptcc_cli.cli import options as o
from gptcc_cli.cli import solve_options as s
from gptcc_cli.cli.app import app
from gptcc_cli.models import Quantize


@app.command("solve")
def solve(
    context: typer.Context,
    problems: s.Problems = None,
    number: s.Number = None,
    model: o.Model = None,
    output: s.Output = None,
    until: s.Until = None,
    budget: s.Budget = None,
    repair: s.Repair = 0,
    write_tests: s.WriteTests = 0,
    temperature: o.Temperatures = None,
    top_p: s.TopP = 0.95,
    seed: s.Seed = 0,
    max_new_tokens: o.MaxNewTokens = 512,
    batch_size: s.BatchSize = None,
    template: o.Template = None,
    starter: o.Starter = None,
    tests: o.Tests = None,
    time_limit: o.TimeLimit = None,
    memory_limit: o.MemoryLimit = None,
    output_limit: o.OutputLimit = None,
    strict_layout: o.StrictLayout = False,
    require_pass: s.RequirePass = False,
    no_check: s.NoCheck = False,
    save_all: s.SaveAll = None,
    fill: s.Fill = False,
    show_samples: s.ShowSamples = False,
    replay: s.Replay = None,
    endpoint: s.Endpoint = None,
    endpoint_style: s.EndpointStyle = s.StyleChoice.CHAT,
    revision: o.Revision = None,
    quantize: o.Quantization = Quantize.NONE,
    device: o.Device = "auto",
    dtype: o.Dtype = "auto",
    adapter: o.Adapter = None,
    trust_remote_code: o.TrustRemoteCode = False,
    jobs: o.Jobs = None,
    unsafe: o.Unsafe = False,
    log: s.KeepLog = True,
    history: o.History = None,
    as_json: o.AsJson = False,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
) -> None:
    """Find a program that passes the problem's samples, and print it.

    Exit code 0: the program printed passes every sample. 1: none passed them all.
    3: there was nothing to verify it with.
    """
    from gptcc_cli.cli.session import run
    from gptcc_cli.cli.solve_wish import SolveWish

    raise typer.Exit(run(SolveWish(**context.params)))

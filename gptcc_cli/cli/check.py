"""``gptcc check``: run solutions on the samples of their problem; no model is ever loaded."""

import typer

from gptcc_cli.cli import check_options as c
from gptcc_cli.cli import options as o
from gptcc_cli.cli.app import app
from gptcc_cli.cli.plain_values import PlainCommand


@app.command("check", cls=PlainCommand)
def check(
    context: typer.Context,
    files: c.Files = None,
    problem: c.ProblemFile = None,
    starter: o.Starter = None,
    tests: o.Tests = None,
    all_: c.All = False,
    changed_only: c.ChangedOnly = False,
    statements: c.Statements = False,
    hook: c.Hook = False,
    strict: c.Strict = False,
    watch: c.Watch = False,
    mutated: c.Mutated = 0,
    no_cache: c.NoCache = False,
    format_: c.ResultFormat = c.Format.TEXT,
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
    """Run solutions on their problem's samples, and on the tests that lie beside it.

    A file checked before is not run again, unless it, its problem or a limit has changed. A
    line `# gptcc: skip` in a solution leaves it out.

    Exit code 0: every solution passes every test. 1: one does not. 3: there was no solution,
    or nothing to verify one with. 4: a file can't be read, or is no problem's.
    """
    from gptcc_cli.cli.checking import CheckWish, run

    raise typer.Exit(run(CheckWish(**context.params)))

"""``gptcc doctor``: what works on this machine, each thing shown by trying it."""

import typer

from gptcc_cli.cli import options as o
from gptcc_cli.cli.app import app


@app.command("doctor")
def doctor(as_json: o.AsJson = False, quiet: o.Quiet = False) -> None:
    """Show what works on this machine: device, 8-bit, hub, sandbox and grader, each tried.

    Exit code 6: something that must work does not.
    """
    from gptcc_cli.console import write_answer, write_json
    from gptcc_cli.console.records import finding_record
    from gptcc_cli.diagnosis import State, examine
    from gptcc_cli.errors import ExitCode

    broken = False
    for finding in examine():
        broken = broken or finding.state is State.BROKEN
        if as_json:
            write_json("gptcc.finding/1", finding_record(finding))
        elif not quiet or finding.state is State.BROKEN:
            write_answer(
                f"{finding.state.value:<7}{finding.area:<9}{finding.name}: {finding.detail}"
            )
    raise typer.Exit(ExitCode.REFUSED if broken else ExitCode.DONE)

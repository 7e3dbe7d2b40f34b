"""Boot one process for one job: ``python -c ... payload_fd report_fd``."""

import resource
import sys
from types import ModuleType
from typing import NoReturn

from gptcc_cli.sandbox.inside.program import load_payload, run_call, run_main


def main(payload: int, report: int) -> NoReturn:
    """Set limits, then run what the payload says."""
    source, call, limits = load_payload(payload)
    for name, value in limits:
        number = getattr(resource, name)
        resource.setrlimit(number, (value, value))
    program = ModuleType("__main__")
    program.__dict__["__builtins__"] = __builtins__
    sys.modules["__main__"] = program
    sys.argv = ["main.py"]
    if call is None:
        run_main(source, report, program)
    entry_point, arguments_json, int_keys = call
    run_call(source, entry_point, arguments_json, int_keys, report, program)

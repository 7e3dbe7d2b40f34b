"""Everything a person or a program sees: tables, diffs, progress, JSON lines.

One file per kind of thing shown. Data goes to standard output, talk to standard error; every
picture reads without colour and in a narrow terminal. This package holds no decisions: it draws
what it is given. ``rich`` is imported inside functions, for commands that draw nothing.
"""

from gptcc_cli.console.reporter import Reporter, write_answer, write_exactly, write_json

__all__ = ["Reporter", "write_answer", "write_exactly", "write_json"]

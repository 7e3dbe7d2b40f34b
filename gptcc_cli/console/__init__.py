"""Everything that commands print: answers, tables, progress, reports and JSON lines.

Data goes to standard output, progress and messages to standard error. All output reads without
colour and in a narrow terminal. This package formats what it is given and decides nothing. ``rich``
is imported inside functions, so that commands without tables start fast.
"""

from gptcc_cli.console.reporter import Reporter, write_answer, write_exactly, write_json

__all__ = ["Reporter", "write_answer", "write_exactly", "write_json"]

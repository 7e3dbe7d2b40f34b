"""Statement text -> Problem. Pure: no files, no clock, no model.

The public face is ``read_statement``; one file per family of layouts stands behind it.
"""

from gptcc_cli.statement.reader import read_statement
from gptcc_cli.statement.reading import Reading, StatementWarning

__all__ = ["Reading", "StatementWarning", "read_statement"]

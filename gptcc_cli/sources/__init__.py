"""A file, standard input or a directory -> statements and the tests given with them.

Covers where problems come from and how they are wrapped. Does not look for samples inside a
statement: that is ``statement``'s work, and ``reading`` joins the two.

The public face is ``read_sources`` for problems and ``read_tests`` for tests alone.
"""

from gptcc_cli.sources.packages import Package
from gptcc_cli.sources.places import read_sources, sources_from_bytes
from gptcc_cli.sources.source import Source
from gptcc_cli.sources.tests import TestSet, read_entry_point, read_test_set, read_tests
from gptcc_cli.sources.writing import apps_tests, write_apps, write_cf, write_oj, write_problem

__all__ = [
    "Package",
    "Source",
    "TestSet",
    "apps_tests",
    "read_entry_point",
    "read_sources",
    "read_test_set",
    "read_tests",
    "sources_from_bytes",
    "write_apps",
    "write_cf",
    "write_oj",
    "write_problem",
]

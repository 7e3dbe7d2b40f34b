"""Names that a problem's starter code uses without importing them.

A site that prints ``def f(self, a: List[int])`` provides ``List`` where it runs programs; a file of
its own does not have it. Only names of ``typing`` that the starter code itself uses are covered:
what else a program forgot to import is its own mistake.
"""

import re
import typing

from gptcc_cli.extraction.parsing import Trouble, names_missing, parse
from gptcc_cli.extraction.repair import Reading
from gptcc_cli.problem import Problem

_WORD = re.compile(r"[A-Za-z_]\w*")
_IMPORT = re.compile(r"^[ \t]*(?:from|import)\b[^\n]*", re.MULTILINE)


def with_starter_names(reading: Reading, problem: Problem) -> Reading:
    """Import what the starter code takes for granted, if the program uses it and has it not."""
    source, steps = reading
    names = granted_names(source, problem.starter_code)
    if not names:
        return reading
    return f"{import_line(names)}\n{source}", (*steps, "typing")


def granted_names(source: str, starter_code: str) -> tuple[str, ...]:
    """Names of ``typing`` that a program uses and has not, and its starter code takes for granted.

    A program that postpones its annotations (``from __future__``) needs none.
    """
    granted = starter_names(starter_code)
    if not granted or "__future__" in source:
        return ()
    module = parse(source)
    if isinstance(module, Trouble):
        return ()
    return tuple(sorted(granted & names_missing(module)))


def import_line(names: tuple[str, ...]) -> str:
    """The line that imports such names, its line feed included."""
    return f"from typing import {', '.join(names)}\n"


def starter_names(starter_code: str) -> frozenset[str]:
    """Names of ``typing`` that starter code uses and does not import."""
    imported = set(_WORD.findall(" ".join(_IMPORT.findall(starter_code))))
    used = set(_WORD.findall(_IMPORT.sub("", starter_code)))
    return frozenset((used & set(typing.__all__)) - imported)

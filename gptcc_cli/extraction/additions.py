"""What is added to a program that lacks only what its author took for granted.

Two things: imports that the problem's site provides where it runs programs, and the call of a main
function that was defined and forgotten. Nothing is guessed: what else a program forgot is its own
mistake, and where two functions could be meant, the program stays as it is.
"""

import ast
import importlib
import re
import typing
from functools import cache

from gptcc_cli.extraction.parsing import (
    Trouble,
    names_missing,
    only_defines,
    parse,
    uses_input_or_output,
)
from gptcc_cli.extraction.repair import Reading
from gptcc_cli.problem import Mode, Problem

_WORD = re.compile(r"[A-Za-z_]\w*")
_IMPORT = re.compile(r"^[ \t]*(?:from|import)\b[^\n]*", re.MULTILINE)
_SITE_CLASS = re.compile(r"^class Solution\b", re.MULTILINE)
_SITE_MODULES = (
    "collections", "heapq", "math", "functools", "itertools", "bisect", "string",
    "operator", "random", "copy", "datetime", "re", "typing",
)  # fmt: skip
"""Modules whose names LeetCode imports before a solution; the first that has a name gives it."""


def with_site_imports(reading: Reading, problem: Problem) -> Reading:
    """Import what the problem's site provides, if the program uses it and does not have it."""
    source, steps = reading
    lines = "".join(f"{line}\n" for line in granted_imports(source, problem.starter_code))
    return (f"{lines}\n{source}", (*steps, "imports")) if lines else reading


def granted_imports(source: str, starter_code: str) -> tuple[str, ...]:
    """Return import statements for names a program uses, lacks, and may take for granted.

    A site that prints ``def f(self, a: List[int])`` provides ``List`` where it runs programs. One
    whose solutions are a ``class Solution`` provides much of the standard library too, as
    LeetCode does. A program that postpones its annotations (``from __future__``) needs no hints.

    Args:
        source: the program.
        starter_code: the code that the problem's solutions start from; empty: none.
    """
    is_site = _SITE_CLASS.search(starter_code) is not None
    granted = starter_names(starter_code)
    if "__future__" in source or not (granted or is_site):
        return ()
    module = parse(source)
    if isinstance(module, Trouble):
        return ()
    found: dict[str, list[str]] = {}
    for name in sorted(names_missing(module)):
        origin = "typing" if name in granted else _site_names().get(name) if is_site else None
        if origin is not None:
            found.setdefault(origin, []).append(name)
    return tuple(
        f"from {origin} import {', '.join(names)}" if origin else f"import {', '.join(names)}"
        for origin, names in found.items()
    )


def starter_names(starter_code: str) -> frozenset[str]:
    """Return names of ``typing`` that starter code uses and does not import."""
    imported = set(_WORD.findall(" ".join(_IMPORT.findall(starter_code))))
    used = set(_WORD.findall(_IMPORT.sub("", starter_code)))
    return frozenset((used & set(typing.__all__)) - imported)


@cache
def _site_names() -> dict[str, str]:
    """Return each name that LeetCode provides, and the module it comes from; a module: ``""``."""
    names: dict[str, str] = {}
    for module in _SITE_MODULES:
        loaded = importlib.import_module(module)
        public = getattr(loaded, "__all__", [name for name in vars(loaded) if name[0] != "_"])
        for name in public:
            names.setdefault(name, module)
    return {**names, **dict.fromkeys(_SITE_MODULES, "")}


MAIN_STEP = "main"
"""The name of this step in ``Candidate.cleaning``."""


def with_main_called(reading: Reading, problem: Problem) -> Reading:
    """Call the main function of a program that only defines it."""
    source, steps = reading
    if problem.mode is not Mode.STDIN:
        return reading
    module = parse(source)
    if isinstance(module, Trouble) or not only_defines(module):
        return reading
    functions = [node for node in module.body if isinstance(node, ast.FunctionDef)]
    mains = [node.name for node in functions if _may_be_main(node, module)]
    if len(mains) != 1:
        return reading
    called = f'{source.rstrip()}\n\n\nif __name__ == "__main__":\n    {mains[0]}()\n'
    return called, (*steps, MAIN_STEP)


def _may_be_main(node: ast.FunctionDef, module: ast.Module) -> bool:
    """Whether a function runs by itself and nobody else calls it."""
    return (
        not node.decorator_list
        and _needs_nothing(node.args)
        and uses_input_or_output(node)
        and not _is_used(node.name, module)
    )


def _needs_nothing(arguments: ast.arguments) -> bool:
    n_free = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)
    return n_free == 0 and all(default is not None for default in arguments.kw_defaults)


def _is_used(name: str, module: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        for node in ast.walk(module)
    )

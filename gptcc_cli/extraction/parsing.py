"""Does a text parse, and what does the program in it do?

Parses only: nothing is compiled or run. A text that is too deep or holds bytes no program may
hold does not parse; that is a finding, not an error.
"""

import ast
import builtins
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from gptcc_cli.problem import Mode, Problem

_FAILURES = (SyntaxError, ValueError, MemoryError, RecursionError, OverflowError)
_WARNINGS_LOCK = threading.Lock()
_READING_NAMES = frozenset({"input", "stdin", "open", "fileinput", "read"})
_SCRIPT_NAMES = frozenset({"input", "stdin"})
_WRITING_NAMES = frozenset({"print", "stdout", "write"})
_BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__"}
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a text does not parse."""

    message: str
    """In one line, with the number of the line it is about."""
    is_indentation: bool
    """Whether it is about indentation."""
    line: int | None
    """The number of the line it is about, from 1."""


@lru_cache(maxsize=8)
def parse(source: str) -> ast.Module | Trouble:
    """Parse a text as a module; the steps of one extraction ask for the same text again."""
    try:
        # An unknown escape in a string warns; that is the program's affair, not ours.
        with _WARNINGS_LOCK, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except _FAILURES as error:
        return _trouble(error)


def trouble_of(source: str) -> Trouble | None:
    """Why a text does not parse; ``None`` if it does."""
    parsed = parse(source)
    return parsed if isinstance(parsed, Trouble) else None


def defines(module: ast.Module, name: str) -> bool:
    """Whether a function of this name is defined at the top or as a method of ``Solution``."""
    for node in module.body:
        if name in _names_bound_by(node):
            return True
        if isinstance(node, ast.ClassDef) and node.name == "Solution":
            return any(isinstance(item, _DEFINITIONS) and item.name == name for item in node.body)
    return False


def fitness(module: ast.Module, problem: Problem) -> int:
    """How well a program fits what the problem asks for: 0, 1 or 2.

    A call needs its function (2); another one is less (1). Standard input needs reading (2);
    printing alone is less (1).
    """
    if problem.mode is Mode.CALL:
        if problem.entry_point is not None and defines(module, problem.entry_point):
            return 2
        return 1 if any(isinstance(node, _DEFINITIONS) for node in module.body) else 0
    used = frozenset(_names_used(module))
    return 2 if used & _READING_NAMES else 1 if used & _WRITING_NAMES else 0


def does_something(module: ast.Module) -> bool:
    """Whether there is more than bare words and numbers, as prose or sample data may be."""
    for node in module.body:
        if not isinstance(node, ast.Expr):
            return True
        if any(isinstance(item, ast.Call | ast.Await) for item in ast.walk(node)):
            return True
    return False


def only_defines(module: ast.Module) -> bool:
    """Whether a program only gives names to things: no input, no output, no loops."""
    quiet = (*_DEFINITIONS, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)
    for node in module.body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if not isinstance(node, quiet):
            return False
        if isinstance(node, ast.Assign | ast.AnnAssign) and any(
            name in _READING_NAMES for name in _names_used(node)
        ):
            return False
    return True


def uses_input_or_output(node: ast.AST) -> bool:
    """Whether a part of a program reads standard input or prints."""
    used = frozenset(_names_used(node))
    return bool(used & _READING_NAMES or used & _WRITING_NAMES)


def names_defined(module: ast.Module) -> frozenset[str]:
    """Names that the top level binds."""
    return frozenset(name for node in module.body for name in _names_bound_by(node))


def names_missing(module: ast.Module) -> frozenset[str]:
    """Names that are used, but bound nowhere in the program."""
    bound: set[str] = set(_BUILTINS)
    used: set[str] = set()
    for node in ast.walk(module):
        bound.update(_names_bound_by(node))
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            bound.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            bound.add(node.rest)
        elif isinstance(node, ast.ImportFrom) and any(item.name == "*" for item in node.names):
            return frozenset()
    return frozenset(used - bound)


def usage_examples(module: ast.Module, name: str) -> list[tuple[int, int]]:
    """Top-level statements after a function's definition that only show it at work.

    These are prints and asserts, and a script part: from the first statement that reads standard
    input on, everything that defines nothing. Ranges of lines, both ends count, from 1; a statement
    that shares a line with another is left out.
    """
    found: list[tuple[int, int]] = []
    defined = script = False
    for index, node in enumerate(module.body):
        if not defined:
            defined = defines(ast.Module(body=[node], type_ignores=[]), name)
            continue
        if isinstance(node, (*_DEFINITIONS, ast.Import, ast.ImportFrom)):
            continue
        script = script or not _SCRIPT_NAMES.isdisjoint(_names_used(node))
        end = node.end_lineno or node.lineno
        neighbours = module.body[index - 1 : index] + module.body[index + 1 : index + 2]
        alone = all(
            other.lineno > end or (other.end_lineno or other.lineno) < node.lineno
            for other in neighbours
        )
        if alone and (script or _is_usage(node)):
            found.append((node.lineno, end))
    return found


def _is_usage(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assert):
        return True
    if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        return False
    called = node.value.func
    return isinstance(called, ast.Name) and called.id == "print"


def _names_bound_by(node: ast.AST) -> Iterator[str]:
    """Names that one statement binds in its own scope."""
    if isinstance(node, _DEFINITIONS):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for item in node.names:
            yield item.asname or item.name.split(".")[0]
    elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for name in (inner for target in targets for inner in ast.walk(target)):
            if isinstance(name, ast.Name):
                yield name.id


def _names_used(node: ast.AST) -> Iterator[str]:
    for item in ast.walk(node):
        if isinstance(item, ast.Name):
            yield item.id
        elif isinstance(item, ast.Attribute):
            yield item.attr


def _trouble(error: BaseException) -> Trouble:
    if isinstance(error, SyntaxError):
        place = f"line {error.lineno}: " if error.lineno else ""
        return Trouble(f"{place}{error.msg}", isinstance(error, IndentationError), error.lineno)
    if isinstance(error, MemoryError | RecursionError):
        return Trouble("it is nested too deeply", False, None)
    return Trouble(str(error), False, None)

"""The solutions of a problem -> the answers to teach.

Pure. Covers what a recipe says of indentation, of programs that do not parse and of copies.
Does not run anything: that is ``verifying``.
"""

import ast
import builtins
import copy
import hashlib
from collections import Counter
from collections.abc import Sequence

from gptcc_cli.training.indentation import parse, reindent, to_tabs
from gptcc_cli.training.recipe import Recipe


def prepare_answers(
    solutions: Sequence[str], recipe: Recipe
) -> tuple[tuple[str, ...], Counter[str]]:
    """Choose and write the answers of one problem.

    Args:
        solutions: programs, in the data's order; the first of several alike is kept.
        recipe: says what is left out, and how the rest is indented.

    Returns:
        The answers, and how many solutions were left out by reason.
    """
    kept: list[str] = []
    seen: set[str] = set()
    left_out: Counter[str] = Counter()
    for solution in solutions:
        if not solution.strip():
            left_out["empty"] += 1
            continue
        tree = parse(solution) if recipe.require_parse or recipe.deduplicate else None
        if recipe.require_parse and tree is None:
            left_out["does not parse"] += 1
            continue
        if recipe.deduplicate:
            mark = fingerprint(tree, solution)
            if mark in seen:
                left_out["near duplicate"] += 1
                continue
            seen.add(mark)
        kept.append(_indented(solution, recipe))
    return tuple(kept), left_out


def fingerprint(tree: ast.Module | None, source: str) -> str:
    """A mark that programs share which differ only in names, comments and layout.

    Args:
        tree: the program, parsed; ``None``: it does not parse, and its words decide.
        source: its text.
    """
    if tree is None:
        text = " ".join(source.split())
    else:
        text = ast.dump(_Renamed().visit(copy.deepcopy(tree)))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class _Renamed(ast.NodeTransformer):
    """Renames variables and arguments in the order they are met; attributes keep their names."""

    def __init__(self) -> None:
        # What Python itself names keeps its name: min is not max.
        self._names = {name: name for name in dir(builtins)}

    def _name(self, name: str) -> str:
        return self._names.setdefault(name, f"n{len(self._names)}")

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.copy_location(ast.Name(id=self._name(node.id), ctx=node.ctx), node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg = self._name(node.arg)
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self._name(node.name)
        return self.generic_visit(node)


def _indented(solution: str, recipe: Recipe) -> str:
    if recipe.indent == "keep":
        return solution
    if recipe.require_parse:
        return reindent(solution, recipe.indent)
    return to_tabs(solution) if recipe.indent == "tabs" else reindent(solution, "spaces")

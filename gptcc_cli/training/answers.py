"""The solutions of a problem -> the answers to train on.

Pure. Covers indentation, programs that do not parse, and near duplicates. Does not run the
programs (``validation``).
"""

import ast
import builtins
import copy
import hashlib
import io
import tokenize
import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from gptcc_cli.training.recipe import Recipe


def prepare_answers(
    solutions: Sequence[str], recipe: Recipe
) -> tuple[tuple[str, ...], Counter[str]]:
    """Select and indent the answers to one problem.

    Args:
        solutions: Programs in the data's order; of near duplicates the first is used.
        recipe: Determines what is left out and how the rest is indented.

    Returns:
        The answers, and the number of solutions left out by reason.
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
            digest = fingerprint(tree, solution)
            if digest in seen:
                left_out["near duplicate"] += 1
                continue
            seen.add(digest)
        kept.append(_indented(solution, recipe))
    return tuple(kept), left_out


def fingerprint(tree: ast.Module | None, source: str) -> str:
    """Return a digest that is equal for programs that differ only in names, comments and layout.

    Args:
        tree: The parsed program; ``None`` if it does not parse, and its words are compared.
        source: The program's text.
    """
    if tree is None:
        text = " ".join(source.split())
    else:
        text = ast.dump(_Renamed().visit(copy.deepcopy(tree)))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def parse(source: str) -> ast.Module | None:
    """Return a program's syntax tree; ``None`` if it is not Python 3."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def to_tabs(source: str) -> str:
    """Indent with one tab per level, taking the first indented line as the width of a level.

    This is the algorithm of APPS' training code, including its faults (hendrycks/apps,
    ``train/dataset_apps``: ``reindent``): remaining spaces stay after the tabs.
    """
    width = next(filter(None, (_columns(line, 8) for line in source.split("\n"))), 0)
    if width == 0:
        return source
    lines = []
    for line in source.split("\n"):
        body = line.lstrip(" \t")
        columns = len(line[: len(line) - len(body)].expandtabs(8))
        lines.append("\t" * (columns // width) + " " * (columns % width) + body)
    return "\n".join(lines)


def reindent(source: str, style: Literal["tabs", "spaces"]) -> str:
    """Indent with four spaces or one tab per level, if the program stays the same.

    Levels come from Python's tokenizer, so text in strings and brackets is not mistaken for one.
    A program that does not parse, or would parse to another tree, is returned unchanged.
    """
    before = parse(source)
    if before is None:
        return source
    unit = "\t" if style == "tabs" else "    "
    try:
        changed = _rewritten(source, unit)
    except (tokenize.TokenError, IndentationError, SyntaxError):
        return source
    after = parse(changed)
    same = after is not None and ast.dump(after) == ast.dump(before)
    return changed if same else source


class _Renamed(ast.NodeTransformer):
    """Renames variables and arguments in order of appearance; attributes keep their names."""

    def __init__(self) -> None:
        # Builtins keep their names: min is not max.
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


def _columns(line: str, tab_size: int) -> int:
    """Return the width of a line's indentation; 0 for a blank line."""
    body = line.lstrip(" \t")
    return len(line[: len(line) - len(body)].expandtabs(tab_size)) if body else 0


def _rewritten(source: str, unit: str) -> str:
    lines = source.split("\n")
    level = 0
    begins = True
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.INDENT:
            level += 1
        elif token.type == tokenize.DEDENT:
            level -= 1
        elif token.type in (tokenize.NEWLINE, tokenize.ENDMARKER):
            begins = True
        elif begins and token.type not in (tokenize.NL, tokenize.COMMENT):
            row = token.start[0] - 1
            lines[row] = unit * level + lines[row].lstrip(" \t\f")
            begins = False
    return "\n".join(_with_comment_indented(line, unit) for line in lines)


def _with_comment_indented(line: str, unit: str) -> str:
    # A comment on its own line belongs to no level; only its tabs and spaces are unified.
    body = line.lstrip(" \t")
    return unit * round(_columns(line, 4) / 4) + body if body.startswith("#") else line

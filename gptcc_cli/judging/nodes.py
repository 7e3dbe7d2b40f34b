"""Problems whose functions take nodes, or that ask for a class -> how to call their programs.

Reads the types in starter code (``Optional[TreeNode]``, ``List[ListNode]``, LeetCode's ``Node`` by
the fields of its commented definition) and the methods of a class to design. Pure; ``node_values``
is what then runs beside the program. What is not known here is not guessed: ``node_call`` returns
``None``, and such samples stay suspect.
"""

import ast
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gptcc_cli.problem import Problem

ENTRY_POINT = "_call_with_nodes"
"""The function that is called instead of the problem's own."""

_NO_FIELDS = "_NODE_FIELDS: tuple[str, ...] = ()"
_NODE = re.compile(r"\b(?:ListNode|TreeNode|Node)\b")
_FIELDS = re.compile(r"^#\s*self\.(\w+)\s*=", re.MULTILINE)
_COMMENTED_NODE = re.compile(r"^#\s*class Node\b.*?(?=^[^#]|\Z)", re.MULTILINE | re.DOTALL)
_NODE_KINDS = {
    ("children",): "children",
    ("neighbors",): "neighbors",
    ("next", "random"): "random",
    ("left", "right"): "left_right",
}
"""What the fields of LeetCode's ``Node``, without its value, say of its shape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeCall:
    """How to call a program that takes nodes, or an object whose methods are called in turn."""

    first_line: str
    """Python that runs before the program, without a line feed."""
    last_lines: str
    """Python that runs after it and defines ``ENTRY_POINT``."""


def node_call(problem: Problem) -> NodeCall | None:
    """Return how a problem's programs are called; ``None``: as its starter code says, or unknown.

    Args:
        problem: its starter code and entry point are looked at.
    """
    spec = _spec(problem.starter_code, problem.entry_point)
    if spec is None:
        return None
    fields = _node_fields(problem.starter_code)
    values = _source().replace(_NO_FIELDS, f"{_NO_FIELDS[:-2]}{fields!r}")
    call = f"_CallFromOutside(globals(), __import__('json').loads({json.dumps(spec)!r}))"
    return NodeCall(
        first_line=f"exec({values!r})",
        # Without its function or class a program has no entry point, as without nodes.
        last_lines=f"\n\nif {{{spec['class'] or spec['name']!r}, 'Solution'}} & globals().keys():\n"
        f"    def {ENTRY_POINT}(*args):\n        return {call}.call(*args)\n",
    )


def is_callable(starter_code: str, entry_point: str | None) -> bool:
    """Whether starter code has nodes, or asks for a class, and programs for it can be called."""
    return _spec(starter_code, entry_point) is not None


@cache
def _source() -> str:
    return Path(__file__).with_name("node_values.py").read_text(encoding="utf-8")


def _spec(starter_code: str, entry_point: str | None) -> dict[str, Any] | None:
    """Describe the function or class: JSON that ``node_values`` understands."""
    module = _parsed(starter_code)
    if module is None:
        return None
    classes = [node for node in module.body if isinstance(node, ast.ClassDef)]
    designed = [node for node in classes if node.name != "Solution"]
    if entry_point is None and len(designed) == 1 and len(classes) == 1:
        methods = {one.name: _kinds(one, starter_code) for one in _functions(designed[0])}
        if None in methods.values():
            return None
        return {"class": designed[0].name, "methods": methods, "parameters": []}
    places = [*module.body, *(node for one in classes for node in one.body)]
    for node in places:
        if isinstance(node, ast.FunctionDef) and node.name == entry_point:
            kinds = _kinds(node, starter_code)
            if kinds is None or not _NODE.search(ast.unparse(node.args) + _returns(node)):
                return None
            parameters, returns = kinds
            return {
                "class": None,
                "name": entry_point,
                "parameters": parameters,
                "returns": returns,
            }
    return None


def _parsed(starter_code: str) -> ast.Module | None:
    """Parse starter code, whose functions may lack a body."""
    lines = []
    code = starter_code.rstrip() + "\n"
    for line, following in zip(code.split("\n"), [*code.split("\n")[1:], ""], strict=True):
        lines.append(line)
        indent = len(line) - len(line.lstrip())
        opens = re.match(r"\s*(?:def|class)\b.*:\s*$", line)
        if opens and (not following.strip() or len(following) - len(following.lstrip()) <= indent):
            lines.append(" " * (indent + 4) + "pass")
    try:
        return ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _functions(node: ast.ClassDef) -> list[ast.FunctionDef]:
    return [item for item in node.body if isinstance(item, ast.FunctionDef)]


def _returns(node: ast.FunctionDef) -> str:
    return ast.unparse(node.returns) if node.returns is not None else ""


def _kinds(node: ast.FunctionDef, starter_code: str) -> tuple[list[Any], Any] | None:
    """Return the kinds of a function's parameters and of what it returns; ``None``: unknown."""
    arguments = [one for one in node.args.args if one.arg != "self"]
    try:
        return (
            [_kind(one.annotation, starter_code) for one in arguments],
            _kind(node.returns, starter_code),
        )
    except LookupError:
        return None


def _kind(hint: ast.expr | None, starter_code: str) -> Any:
    """Return a hint's kind: ``None`` for a plain value, a name, or a list of one kind.

    Raises:
        LookupError: it has a node of an unknown shape, or in an unknown place.
    """
    if hint is None or not _NODE.search(ast.unparse(hint)):
        return None
    if isinstance(hint, ast.Constant) and isinstance(hint.value, str):
        return _kind(ast.parse(hint.value, mode="eval").body, starter_code)
    if isinstance(hint, ast.Name):
        if hint.id != "Node":
            return hint.id
        return _NODE_KINDS[tuple(field for field in _node_fields(starter_code) if field != "val")]
    if isinstance(hint, ast.Subscript) and isinstance(hint.value, ast.Name):
        inner = _kind(hint.slice, starter_code)
        if hint.value.id == "Optional":
            return inner
        if hint.value.id in ("List", "list"):
            return [inner]
    if isinstance(hint, ast.BinOp):
        return _kind(hint.left, starter_code)
    raise LookupError(ast.unparse(hint))


def _node_fields(starter_code: str) -> tuple[str, ...]:
    """Return the fields of the ``Node`` that a comment in starter code defines, value left out."""
    comment = _COMMENTED_NODE.search(starter_code)
    fields = _FIELDS.findall(comment.group()) if comment is not None else []
    return tuple(field for field in fields if field != "val")

"""Starter code -> which of a function's values are nodes, or the class that is to be designed.

Reads the types in starter code (``Optional[TreeNode]``, ``List[ListNode]``, LeetCode's ``Node`` by
the fields of its commented definition) and the methods of a class to design. What is not known
here is not guessed, and such samples stay suspect. How nodes are made is ``judging.nodes``.
"""

import ast
import re
from dataclasses import replace
from typing import Any

from gptcc_cli.problem import Problem

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


_SUSPICIONS = frozenset({"nodes", "operations on a class"})


def with_trusted_nodes(problem: Problem) -> Problem:
    """Return a problem whose samples of nodes, or of operations on a class, may judge programs.

    Only where the types are known, so that plain values can be made nodes; else it is returned as
    it is, and such samples stay suspect.
    """
    if not any(sample.suspect in _SUSPICIONS for sample in problem.samples):
        return problem
    asked, first = problem, problem.samples[0].input
    if problem.samples[0].suspect == "operations on a class" and _is_operations(first):
        asked = replace(problem, entry_point=str(first[0][0]))  # type: ignore[index]
    spec = call_spec(asked)
    if spec is None or not all(_fits(sample.input, spec) for sample in problem.samples):
        return problem
    return replace(
        asked,
        samples=tuple(
            replace(one, suspect=None) if one.suspect in _SUSPICIONS else one
            for one in problem.samples
        ),
    )


def call_spec(problem: Problem) -> dict[str, Any] | None:
    """Describe how a problem's programs are called with nodes, or as objects; as JSON.

    Returns:
        ``{"class": name, "methods": {name: [kinds, kind]}}`` for a class to design, ``{"class":
        null, "name": function, "parameters": kinds, "returns": kind}`` for a function of nodes;
        ``None``: it takes none, or has a node of an unknown shape. A kind is ``null`` for a plain
        value, a name, or a list of one kind.
    """
    starter_code, entry_point = problem.starter_code, problem.entry_point
    module = _parsed(starter_code)
    if module is None or entry_point is None:
        return None
    classes = [node for node in module.body if isinstance(node, ast.ClassDef)]
    for node in classes:
        if node.name == entry_point:
            methods = {one.name: _kinds(one, starter_code) for one in _functions(node)}
            if None in methods.values():
                return None
            return {"class": entry_point, "methods": methods, "parameters": []}
    places = [*module.body, *(node for one in classes for node in one.body)]
    for function in places:
        if isinstance(function, ast.FunctionDef) and function.name == entry_point:
            return _function_spec(function, starter_code)
    return None


def designed_class(starter_code: str) -> str | None:
    """Return the class that starter code asks to design; ``None``: it asks for a function."""
    module = _parsed(starter_code) if "class " in starter_code else None
    classes = [node for node in module.body if isinstance(node, ast.ClassDef)] if module else []
    named = [node.name for node in classes if node.name != "Solution" and _functions(node)]
    return named[0] if len(named) == len(classes) == 1 else None


def node_fields(starter_code: str) -> tuple[str, ...]:
    """Return the fields of the ``Node`` that a comment in starter code defines, value left out."""
    comment = _COMMENTED_NODE.search(starter_code)
    fields = _FIELDS.findall(comment.group()) if comment is not None else []
    return tuple(field for field in fields if field != "val")


def _is_operations(given: object) -> bool:
    """Whether an input is names of methods and their arguments, the constructor's first."""
    if not isinstance(given, tuple) or len(given) != 2:
        return False
    names, arguments = given
    return (
        isinstance(names, list)
        and isinstance(arguments, list)
        and 0 < len(names) == len(arguments)
        and all(isinstance(name, str) and name.isidentifier() for name in names)
        and all(isinstance(one, list) for one in arguments)
    )


def _fits(given: object, spec: dict[str, Any]) -> bool:
    """Whether an input has the form that a call expects."""
    if spec["class"]:
        return _is_operations(given)
    kinds = spec["parameters"]
    if not isinstance(given, tuple):
        return False
    # A list with a cycle is printed with the position that its tail points to.
    has_position = kinds == ["ListNode"] and spec["returns"] is None and len(given) == 2
    return len(given) == len(kinds) or has_position


def _function_spec(node: ast.FunctionDef, starter_code: str) -> dict[str, Any] | None:
    kinds = _kinds(node, starter_code)
    returns = ast.unparse(node.returns) if node.returns is not None else ""
    if kinds is None or not _NODE.search(ast.unparse(node.args) + returns):
        return None
    return {"class": None, "name": node.name, "parameters": kinds[0], "returns": kinds[1]}


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
        return _NODE_KINDS[tuple(field for field in node_fields(starter_code) if field != "val")]
    if isinstance(hint, ast.Subscript) and isinstance(hint.value, ast.Name):
        inner = _kind(hint.slice, starter_code)
        if hint.value.id == "Optional":
            return inner
        if hint.value.id in ("List", "list"):
            return [inner]
    if isinstance(hint, ast.BinOp):
        return _kind(hint.left, starter_code)
    raise LookupError(ast.unparse(hint))

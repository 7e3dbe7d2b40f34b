"""Starter code -> the function a solution must define.

Covers Python ``def`` lines and LeetCode's ``class Solution``, complete or not, beside a statement
or inside one. Reads by eye rather than by ``ast``: starter code ends where the solution begins,
so it seldom parses.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A function as its first line tells of it."""

    name: str
    parameters: tuple[str, ...]
    """Names of the positional parameters, without ``self``; stars left on."""
    n_required: int
    """How many of them have no default."""
    annotated: bool = False
    """Whether its parameters have types."""
    nodes: bool = False
    """Whether it takes or returns linked nodes, which plain values can't stand for."""

    def takes(self, n_arguments: int) -> bool:
        """Whether a call with so many positional arguments is possible."""
        if any(name.startswith("*") for name in self.parameters):
            return n_arguments >= self.n_required
        return self.n_required <= n_arguments <= len(self.parameters)


def find_signature(code: str, entry_point: str | None = None) -> Signature | None:
    """Return the function that starter code asks for.

    Args:
        code: starter code, or a statement that holds some.
        entry_point: the function's name if it is known; otherwise the first public method of
            ``class Solution``, or else the last function of the outermost level.
    """
    found = list(_signatures(code))
    if entry_point is not None:
        named = [signature for _, _, signature in found if signature.name == entry_point]
        return named[-1] if named else None
    solution = _SOLUTION.search(code)
    if solution:
        methods = [s for at, indent, s in found if at > solution.start() and indent > 0]
        public = [s for s in methods if not s.name.startswith("_")]
        return public[0] if public else None
    outer = min((indent for _, indent, _ in found), default=0)
    top = [s for _, indent, s in found if indent == outer]
    return top[-1] if top else None


def any_arguments(name: str) -> Signature:
    """Return the signature of a function of which only the name is known."""
    return Signature(name=name, parameters=("*arguments",), n_required=0)


def find_starter(statement: str, signature: Signature) -> str:
    """Return the starter code that stands in a statement, around the function it asks for.

    A fenced block is taken whole; so is a statement that is all code, as HumanEval's are.
    Otherwise it is the lines from ``class Solution`` or ``def`` to the first that is outdented.
    """
    at = _line_of(statement, signature.name)
    if at is None:
        return ""
    fence = _fence_around(statement, at)
    if fence is not None:
        return fence
    if _ALL_CODE.match(statement) and "\n    " in statement:
        return statement
    solution = [m.start() for m in _SOLUTION.finditer(statement) if m.start() <= at]
    start = solution[-1] if solution else at
    lines = statement[start : start + _LONGEST].split("\n")
    inside = [lines[0]]
    for line in lines[1:]:
        if line.strip() and not line[0].isspace():
            break
        inside.append(line)
    return "\n".join(inside).rstrip() + "\n"


def header_of(code: str, signature: Signature) -> str:
    """Return the first lines of a function in finished code, without its body."""
    at = _line_of(code, signature.name)
    if at is None:
        return ""
    inside, end = _parentheses(code, code.index("(", at) + 1)
    if inside is None:
        return ""
    header = code[at:end] + code[end : end + 200].partition(":")[0].split("\n")[0] + ":\n"
    indent = " " * (4 if header[:1].isspace() else 0)
    solution = "class Solution:\n" if indent else ""
    return f"{solution}{header}{indent}    "


def mentioned_function(statement: str) -> Signature | None:
    """Return the function that prose asks for: ``write a function `add(a, b)` that ...``."""
    match = _MENTION.search(statement)
    return any_arguments(match.group(1) or match.group(2)) if match else None


def _line_of(statement: str, name: str) -> int | None:
    match = re.search(rf"(?m)^[ \t]{{0,40}}(?:async )?def[ \t]+{re.escape(name)}\b", statement)
    return match.start() if match else None


def _fence_around(statement: str, at: int) -> str | None:
    """Return the content of the fenced block that holds an offset."""
    fences = list(_FENCE.finditer(statement))
    for opening, closing in zip(fences[::2], fences[1::2], strict=False):
        if opening.end() <= at < closing.start():
            return statement[opening.end() : closing.start()]
    return None


def _signatures(code: str) -> Iterator[tuple[int, int, Signature]]:
    """Yield offset, indentation and signature of every ``def``."""
    for match in _DEF.finditer(code):
        inside, end = _parentheses(code, match.end())
        if inside is None:
            continue
        tail = code[end : end + 200].split("\n", 1)[0]
        yield match.start(), len(match.group(1).expandtabs()), _signature(match, inside, tail)


def _signature(match: re.Match[str], inside: str, tail: str) -> Signature:
    parts = [part.strip() for part in _split(inside)]
    names, required = [], 0
    for part in parts:
        name = re.split(r"[:=\s]", part, maxsplit=1)[0]
        if name in ("self", "cls", "", "/", "*"):
            continue
        names.append(name)
        required += "=" not in part and not name.startswith("*")
    return Signature(
        name=match.group(2),
        parameters=tuple(names),
        n_required=required,
        annotated=":" in inside,
        nodes=bool(_NODE.search(inside) or _NODE.search(tail)),
    )


def _parentheses(code: str, at: int) -> tuple[str | None, int]:
    """Return what stands up to the parenthesis that closes the one before ``at``."""
    depth = 1
    for match in _BRACKET.finditer(code, at, at + _LONGEST):
        depth += 1 if match.group() in "([{" else -1
        if depth == 0:
            return code[at : match.start()], match.end()
    return None, at


def _split(inside: str) -> Iterator[str]:
    """Cut at commas outside brackets."""
    depth = start = 0
    for match in re.finditer(r"[\[\](){},]", inside):
        char = match.group()
        if char == ",":
            if depth == 0:
                yield inside[start : match.start()]
                start = match.end()
        else:
            depth += 1 if char in "([{" else -1
    yield inside[start:]


_LONGEST = 2000
_DEF = re.compile(r"(?m)^([ \t]{0,40})(?:>>> )?(?:async )?def[ \t]+([A-Za-z_]\w{0,100})[ \t]*\(")
_SOLUTION = re.compile(r"(?m)^[ \t]{0,40}class[ \t]+Solution\b")
_BRACKET = re.compile(r"[()\[\]{}]")
_NODE = re.compile(r"\b(?:ListNode|TreeNode|Node)\b")
_FENCE = re.compile(r"(?m)^[ \t]{0,8}(?:```|~~~)[^\n]{0,40}\n?")
_ALL_CODE = re.compile(r"\s*(?:from\s|import\s|def\s|class\s|#|@)")
_MENTION = re.compile(
    r"(?i:write|implement|create|complete|define|make|build|design|develop|code|finish|have)\b"
    r"[^.\n]{0,60}?(?i:function|method)(?:\s(?:called|named|with the name))?"
    r"[ \t]{1,3}[`*\"']{0,3}"
    r"(?:([A-Za-z_]\w{0,60})[`*\"']{0,3}[ \t]?\(|`([A-Za-z_]\w{1,60})`)"
)

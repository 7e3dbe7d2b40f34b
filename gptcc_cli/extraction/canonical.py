"""The form of a program: what is left of it when only its behaviour counts.

Programs of one form do the same on every input. Layout, comments, quotes, redundant parentheses,
bare words (docstrings among them), ``pass``, type hints nobody reads and the choice of variable
names are not part of it. Names are replaced over the whole program at once, each by one other,
so that no rule of scopes can be got wrong; names that are seen from outside (functions, classes,
attributes, keywords, imports, built-ins) stay. A program that may look at itself (``eval``,
``locals``, ``__doc__``, ...) keeps everything but its layout.

Two programs of different form may still do the same: nothing is computed, nothing reordered.
"""

import ast
import builtins
import hashlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Final

from gptcc_cli.extraction.hints import TYPING_NAMES, is_idle
from gptcc_cli.extraction.parsing import Trouble, parse

_MIRRORS: Final = frozenset(
    [
        "eval",
        "exec",
        "compile",
        "globals",
        "locals",
        "vars",
        "dir",
        "help",
        "inspect",
        "symtable",
        "traceback",
        "modules",
        "argv",
        "import_module",
        "__import__",
        "__doc__",
        "__annotations__",
        "__dict__",
        "__file__",
        "__code__",
        "__defaults__",
        "__closure__",
        "_getframe",
        "currentframe",
        "getsource",
        "get_type_hints",
        "get_annotations",
        "exc_info",
        "singledispatch",
        "singledispatchmethod",
        "settrace",
        "setprofile",
    ]
)
"""Names by which a program can see its own text, names or hints."""

_BUILTINS: Final = frozenset(dir(builtins))
_UNSEEN: Final = frozenset({"ctx", "type_comment", "kind", "type_ignores"})


@lru_cache(maxsize=2048)
def hash_of(source: str) -> str | None:
    """SHA-256 (hexadecimal) of a program's form; ``None`` if it does not parse.

    A program nested too deeply to be walked has none either.
    """
    module = parse(source)
    if isinstance(module, Trouble):
        return None
    try:
        form = _Form(module)
        if form.sees_itself:
            form = _Form(module, bare=False)
    except RecursionError:
        return None
    return hashlib.sha256("\x1f".join(form.text()).encode(errors="replace")).hexdigest()


class _Form:
    """A program as pieces, in the order of its tree: words, and names that may be replaced."""

    def __init__(self, module: ast.Module, *, bare: bool = True) -> None:
        """Walk the program.

        Args:
            module: the program.
            bare: drop what does nothing and replace names.
        """
        self._bare = bare
        self._pieces: list[str | tuple[str]] = []
        self._bound: set[str] = set()
        self._kept: set[str] = set(_BUILTINS)
        self._used: set[str] = set()
        self._hinted: set[str] = set()
        self._typing: dict[str, int] = {}
        self._in_class = False
        self._in_function = False
        self._has_star = False
        self._mirrored = False
        self._block(module.body)

    @property
    def sees_itself(self) -> bool:
        """Whether the program may look at its own text, or gives a name of a hint its own sense."""
        typed = self._hinted & TYPING_NAMES
        return self._mirrored or bool(self._hinted & self._bound) or not typed <= set(self._typing)

    def text(self) -> Iterator[str]:
        """Yield the pieces, names replaced by their place of first appearance."""
        free = self._bound - self._kept if self._bare and not self._has_star else frozenset()
        idle = {place for name, place in self._typing.items() if name not in self._used}
        numbers: dict[str, str] = {}
        for place, piece in enumerate(self._pieces):
            if isinstance(piece, str):
                if place not in idle:
                    yield piece
            elif piece[0] in free and not piece[0].startswith("__"):
                yield numbers.setdefault(piece[0], f"${len(numbers)}")
            else:
                yield f"'{piece[0]}"

    def _word(self, word: str) -> None:
        self._pieces.append(word)

    def _name(self, name: str, *, bound: bool) -> None:
        self._pieces.append((name,))
        (self._bound if bound else self._used).add(name)
        if bound and self._in_class:
            self._kept.add(name)

    def _seen(self, name: str) -> None:
        """Write a name that is seen from outside."""
        self._pieces.append(name)
        self._kept.add(name)
        self._bound.add(name)
        if name in _MIRRORS:
            self._mirrored = True

    def _any(self, value: Any) -> None:  # a field of a syntax tree may hold anything
        if isinstance(value, ast.AST):
            special = _SPECIAL.get(type(value))
            if special is not None:
                special(self, value)
            else:
                self._plain(value)
        elif isinstance(value, list):
            if value and isinstance(value[0], ast.stmt):
                self._block(value)
            else:
                self._word(f"[{len(value)}")
                for item in value:
                    self._any(item)
        else:
            self._word(repr(value))

    def _plain(self, node: ast.AST) -> None:
        self._word(type(node).__name__)
        for field in node._fields:
            if field not in _UNSEEN:
                self._any(getattr(node, field, None))

    def _block(self, statements: list[ast.stmt]) -> None:
        self._word("{")
        for statement in statements:
            if not (self._bare and _does_nothing(statement)):
                self._any(statement)
        self._word("}")

    def _hint(self, hint: ast.expr | None) -> None:
        """Write a hint unless it does nothing."""
        if hint is None or (self._bare and is_idle(hint)):
            if hint is not None:
                self._hinted.update(n.id for n in ast.walk(hint) if isinstance(n, ast.Name))
        else:
            self._word(":")
            self._any(hint)

    def _name_node(self, node: ast.Name) -> None:
        self._name(node.id, bound=not isinstance(node.ctx, ast.Load))
        if node.id in _MIRRORS:
            self._mirrored = True

    def _constant(self, node: ast.Constant) -> None:
        self._word(f"{type(node.value).__name__} {node.value!r}")

    def _attribute(self, node: ast.Attribute) -> None:
        self._any(node.value)
        self._word("." + node.attr)
        if node.attr in _MIRRORS:
            self._mirrored = True

    def _argument(self, node: ast.arg) -> None:
        self._name(node.arg, bound=True)
        self._hint(node.annotation)

    def _keyword(self, node: ast.keyword) -> None:
        self._word("**" if node.arg is None else "=")
        if node.arg is not None:
            self._seen(node.arg)
        self._any(node.value)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._word(type(node).__name__)
        self._seen(node.name)
        self._any(node.decorator_list)
        before = self._in_class, self._in_function
        self._in_class, self._in_function = False, True
        self._any(node.args)
        self._hint(node.returns)
        self._any(getattr(node, "type_params", []))
        self._block(node.body)
        self._in_class, self._in_function = before

    def _lambda(self, node: ast.Lambda) -> None:
        before, self._in_class = self._in_class, False
        self._plain(node)
        self._in_class = before

    def _class(self, node: ast.ClassDef) -> None:
        self._word("class")
        self._seen(node.name)
        for part in (node.decorator_list, node.bases, node.keywords):
            self._any(part)
        self._any(getattr(node, "type_params", []))
        before = self._in_class, self._in_function
        self._in_class, self._in_function = True, False
        self._block(node.body)
        self._in_class, self._in_function = before

    def _annotated(self, node: ast.AnnAssign) -> None:
        """Take ``x: int = 1`` as ``x = 1`` where the hint does nothing; in a class it does."""
        simple = isinstance(node.target, ast.Name) and node.simple
        unread = self._in_function or is_idle(node.annotation)
        if not (self._bare and simple and unread) or self._in_class:
            self._plain(node)
            return
        if not self._in_function:
            self._hint(node.annotation)
        self._word("Assign" if node.value is not None else "declare")
        self._word("[1")
        self._any(node.target)
        if node.value is not None:
            self._any(node.value)

    def _scope(self, node: ast.Global | ast.Nonlocal) -> None:
        self._word(type(node).__name__)
        for name in node.names:
            self._name(name, bound=True)

    def _handler(self, node: ast.ExceptHandler) -> None:
        self._word("except")
        self._any(node.type)
        if node.name is not None:
            self._name(node.name, bound=True)
        self._block(node.body)

    def _capture(self, node: ast.MatchAs | ast.MatchStar) -> None:
        self._word(type(node).__name__)
        if isinstance(node, ast.MatchAs):
            self._any(node.pattern)
        if node.name is not None:
            self._name(node.name, bound=True)

    def _match_mapping(self, node: ast.MatchMapping) -> None:
        self._word("MatchMapping")
        self._any(node.keys)
        self._any(node.patterns)
        if node.rest is not None:
            self._name(node.rest, bound=True)

    def _match_class(self, node: ast.MatchClass) -> None:
        self._kept.update(node.kwd_attrs)
        self._plain(node)

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._word(f"import {alias.name} as")
            self._seen(alias.asname or "")
            self._outside(alias.name)

    def _import_from(self, node: ast.ImportFrom) -> None:
        origin = f"from {'.' * node.level}{node.module}"
        self._outside(node.module or "")
        for alias in node.names:
            line = f"{origin} import {alias.name}"
            if self._bare and origin == "from typing" and _is_typing(alias):
                self._typing[alias.name] = len(self._pieces)
                self._kept.add(alias.name)
                self._word(line)
                continue
            self._has_star = self._has_star or alias.name == "*"
            self._word(line)
            self._seen(alias.asname or alias.name)
            self._outside(alias.name)

    def _outside(self, path: str) -> None:
        """Note the names that an import brings in."""
        for name in path.split("."):
            self._kept.add(name)
            self._mirrored = self._mirrored or name in _MIRRORS


def _is_typing(alias: ast.alias) -> bool:
    return alias.asname is None and alias.name in TYPING_NAMES


def _does_nothing(statement: ast.stmt) -> bool:
    """Whether a statement has no effect, wherever it stands."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass)


_SPECIAL: Final[dict[type[ast.AST], Callable[[_Form, Any], None]]] = {
    ast.Name: _Form._name_node,
    ast.Constant: _Form._constant,
    ast.Attribute: _Form._attribute,
    ast.arg: _Form._argument,
    ast.keyword: _Form._keyword,
    ast.FunctionDef: _Form._function,
    ast.AsyncFunctionDef: _Form._function,
    ast.Lambda: _Form._lambda,
    ast.ClassDef: _Form._class,
    ast.AnnAssign: _Form._annotated,
    ast.Global: _Form._scope,
    ast.Nonlocal: _Form._scope,
    ast.ExceptHandler: _Form._handler,
    ast.MatchAs: _Form._capture,
    ast.MatchStar: _Form._capture,
    ast.MatchMapping: _Form._match_mapping,
    ast.MatchClass: _Form._match_class,
    ast.Import: _Form._import,
    ast.ImportFrom: _Form._import_from,
}

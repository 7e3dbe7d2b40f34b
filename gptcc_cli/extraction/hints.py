"""Type hints that do nothing: evaluating them can't fail and nobody reads them.

A hint is evaluated when its function is defined, so one that names what is not there, or gives a
generic the wrong number of parameters, ends the program. Only hints that are known to be sound
are called idle; the rest are part of the program.
"""

import ast

_PLAIN = frozenset({"int", "float", "str", "bool", "bytes", "complex", "object", "range"})
_BUILTIN_GENERICS = frozenset({"list", "dict", "set", "frozenset", "tuple", "type"})
_ARITIES: dict[str, int | None] = {
    "Any": 0,
    "List": 1,
    "Set": 1,
    "FrozenSet": 1,
    "Deque": 1,
    "Optional": 1,
    "Iterable": 1,
    "Iterator": 1,
    "Sequence": 1,
    "Dict": 2,
    "DefaultDict": 2,
    "Tuple": None,
    "Union": None,
}
"""Names of ``typing`` and how many parameters each takes; ``None``: one or more."""

TYPING_NAMES = frozenset(_ARITIES)
"""Names of ``typing`` whose hints can be told to be sound."""

_SOUND = _PLAIN | _BUILTIN_GENERICS | TYPING_NAMES


def is_idle(hint: ast.expr | None) -> bool:
    """Whether a hint is sound as long as its names mean what they usually mean."""
    return hint is None or _is_text(hint) or _is_type(hint)


def _is_text(hint: ast.expr) -> bool:
    return isinstance(hint, ast.Constant) and isinstance(hint.value, str)


def _is_type(hint: ast.expr) -> bool:
    if isinstance(hint, ast.Constant):
        return hint.value is None
    if isinstance(hint, ast.Name):
        return hint.id in _SOUND
    if isinstance(hint, ast.BinOp) and isinstance(hint.op, ast.BitOr):
        # None | None is an error; a type on the left makes any type on the right sound.
        return isinstance(hint.left, ast.Name) and _is_type(hint.left) and _is_type(hint.right)
    if isinstance(hint, ast.Subscript) and isinstance(hint.value, ast.Name):
        inner = hint.slice.elts if isinstance(hint.slice, ast.Tuple) else [hint.slice]
        return _takes(hint.value.id, len(inner)) and all(map(_is_type, inner))
    return False


def _takes(name: str, n_parameters: int) -> bool:
    if name in _BUILTIN_GENERICS:
        return True
    arity = _ARITIES.get(name, 0)
    return n_parameters > 0 and arity in (None, n_parameters)

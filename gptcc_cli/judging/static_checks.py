"""A check program that only compares what calls return: read here, so that nobody runs it.

Most checks of HumanEval and MBPP are a list of ``assert candidate(1, 2) == 3``. Then the calls
alone go into the sandbox, where one process answers them all, and the answers are compared out
here, in the check's order. Covers assertions on calls with constant arguments, without branches,
loops or names of their own; every other check runs in a process of its own, as it is written.
"""

import ast
import operator
import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from gptcc_cli.sandbox import answer_of


class _AnswerMissingError(BaseException):
    """An assertion needs an answer that has not come. Nothing but ``_Answers`` raises it."""


class _CallRaisedError(Exception):
    """A call raised; the message says what. No exception of the program is raised out here."""


class _Answers:
    """What came of the calls of one assertion, taken one after the other."""

    def __init__(self, replies: Sequence[bytes]) -> None:
        self._replies = replies
        self._n_taken = 0

    def take(self) -> Any:
        if self._n_taken == len(self._replies):
            raise _AnswerMissingError
        reply = self._replies[self._n_taken]
        self._n_taken += 1
        try:
            return answer_of(reply)
        except Exception as error:  # noqa: BLE001 (whatever the program raised)
            raise _CallRaisedError(_described(error)) from None


_Value: TypeAlias = Callable[[_Answers], Any]

MOST_ANSWER_BYTES = 64 << 10
"""Longer answers are left to the sandbox: comparing them could be made to take hours."""
_MOST_CALLS = 1000
_COMPARISONS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Is: operator.is_, ast.IsNot: operator.is_not,
    ast.In: lambda item, items: item in items, ast.NotIn: lambda item, items: item not in items,
}  # fmt: skip
_SIGNS: dict[type, Callable[[Any], Any]] = {
    ast.Not: operator.not_, ast.USub: operator.neg, ast.UAdd: operator.pos,
}  # fmt: skip
_ARITHMETIC: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}  # fmt: skip
_SAFE_ON_ANSWERS = frozenset({ast.Add, ast.Sub})
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs, "bool": bool, "float": float, "int": int, "len": len, "list": list, "max": max,
    "min": min, "round": round, "set": set, "sorted": sorted, "str": str, "sum": sum,
    "tuple": tuple,
}  # fmt: skip


class _NotStaticError(Exception):
    """The check holds something that must be run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Assertion:
    test: _Value
    message: str | None
    n_calls: int
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticCheck:
    """The calls of a check, and what it asserts of their answers."""

    calls: tuple[tuple[tuple[Any, ...], dict[str, Any]], ...]
    """Positional and named arguments of each call, in the order in which they are made."""
    assertions: tuple[_Assertion, ...]

    def failure(self, replies: tuple[bytes, ...]) -> str | None:
        """Say what fails by the replies to the first calls; ``None``: nothing so far."""
        at = 0
        for assertion in self.assertions:
            needed = replies[at : at + assertion.n_calls]
            at += assertion.n_calls
            try:
                failure = _failure_of(assertion, needed)
            except _AnswerMissingError:
                return None
            if failure is not None:
                return failure
        return None

    def is_complete(self, replies: tuple[bytes, ...]) -> bool:
        """Whether every call has been answered, so that no failure means that all hold."""
        return len(replies) == len(self.calls)


@lru_cache(maxsize=256)
def read_static_check(check_source: str, entry_point: str) -> StaticCheck | None:
    """Read a check program; ``None``: it has to be run.

    Args:
        check_source: Python source that defines ``check(candidate)``.
        entry_point: the program's function, which a check may call by its name.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # their escapes are not ours to mend
            tree = ast.parse(check_source)
        return _Reading(entry_point, check_source).check(tree)
    except (_NotStaticError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class _Reading:
    """Reads one check; gathers its calls on the way."""

    def __init__(self, entry_point: str, source: str) -> None:
        self._callees: set[str] = {entry_point}
        self._lines = source.splitlines()
        self._calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def check(self, tree: ast.Module) -> StaticCheck:
        """Read the one function ``check``; what else stands beside it must not matter to it."""
        check: ast.FunctionDef | None = None
        for node in tree.body:
            match node:
                case ast.FunctionDef(name="check") if check is None:
                    check = node
                case ast.FunctionDef(
                    decorator_list=[], args=ast.arguments(defaults=[], kw_defaults=[])
                ):
                    self._hide(node.name)
                case ast.Import() | ast.ImportFrom() if _is_of_the_library(node):
                    for alias in node.names:
                        self._hide((alias.asname or alias.name).partition(".")[0])
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self._constant(value)
                    self._hide(name)
                case ast.Expr(value=ast.Constant()):
                    pass
                case _:
                    raise _NotStaticError
        if check is None:
            raise _NotStaticError
        return self._read(check)

    def _read(self, check: ast.FunctionDef) -> StaticCheck:
        match check.args:
            case ast.arguments(
                posonlyargs=[],
                args=[ast.arg(arg=candidate)],
                vararg=None,
                kwonlyargs=[],
                kwarg=None,
            ) if not check.decorator_list and not check.args.defaults:
                self._callees.add(candidate)
            case _:
                raise _NotStaticError
        assertions = []
        for node in check.body:
            match node:
                case ast.Assert():
                    assertions.append(self._assertion(node))
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name(id=value)) if (
                    value in self._callees and name not in _FUNCTIONS
                ):
                    self._callees.add(name)
                case ast.Pass() | ast.Expr(value=ast.Constant()):
                    pass
                case _:
                    raise _NotStaticError
        if len(self._calls) > _MOST_CALLS:
            raise _NotStaticError
        return StaticCheck(calls=tuple(self._calls), assertions=tuple(assertions))

    def _hide(self, name: str) -> None:
        """A name that the check defines itself: nothing that uses it is plain."""
        if name in _FUNCTIONS or name in self._callees:
            raise _NotStaticError

    def _assertion(self, node: ast.Assert) -> _Assertion:
        before = len(self._calls)
        test = self._value(node.test)
        return _Assertion(
            test=test,
            message=None if node.msg is None else str(self._constant(node.msg)),
            n_calls=len(self._calls) - before,
            line=self._lines[node.lineno - 1].strip(),
        )

    def _value(self, node: ast.expr) -> _Value:
        """Read an expression whose parts are evaluated from left to right, each of them once."""
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in self._callees:
                return self._call(node)
            case ast.Call(func=ast.Name(id=name), keywords=[]) if name in _FUNCTIONS:
                function, parts = _FUNCTIONS[name], [self._value(part) for part in node.args]
                return lambda answers: function(*[part(answers) for part in parts])
            case ast.Compare(left=left, ops=[sign], comparators=[right]):
                compare, a, b = _COMPARISONS[type(sign)], self._value(left), self._value(right)
                return lambda answers: compare(a(answers), b(answers))
            case ast.UnaryOp(op=sign, operand=part) if type(sign) in _SIGNS:
                change, a = _SIGNS[type(sign)], self._value(part)
                return lambda answers: change(a(answers))
            case ast.BinOp(op=sign) if type(sign) in _SAFE_ON_ANSWERS:
                join, a, b = (
                    _ARITHMETIC[type(sign)],
                    self._value(node.left),
                    self._value(node.right),
                )
                return lambda answers: join(a(answers), b(answers))
            case ast.List() | ast.Tuple():
                parts = [self._value(part) for part in node.elts]
                make: Callable[[Any], Any] = list if isinstance(node, ast.List) else tuple
                return lambda answers: make([part(answers) for part in parts])
        constant = self._constant(node)
        return lambda _: constant

    def _call(self, node: ast.Call) -> _Value:
        args = tuple(self._constant(part) for part in node.args)
        kwargs = {str(word.arg): self._constant(word.value) for word in node.keywords if word.arg}
        if len(kwargs) < len(node.keywords):
            raise _NotStaticError
        self._calls.append((args, kwargs))
        return lambda answers: answers.take()

    def _constant(self, node: ast.expr) -> Any:
        """Return what an expression without any name is."""
        match node:
            case ast.BinOp(op=sign) if type(sign) in _ARITHMETIC:
                return _computed(sign, self._constant(node.left), self._constant(node.right))
            case ast.List() | ast.Tuple() | ast.Set():
                items = [self._constant(part) for part in node.elts]
                kinds: dict[type, Callable[[Any], Any]] = {ast.List: list, ast.Tuple: tuple}
                return kinds.get(type(node), set)(items)
            case ast.Dict():
                if None in node.keys:
                    raise _NotStaticError
                keys = [self._constant(key) for key in node.keys if key is not None]
                return dict(zip(keys, map(self._constant, node.values), strict=True))
        try:
            return ast.literal_eval(node)
        except (TypeError, SyntaxError) as error:
            raise _NotStaticError from error


def _is_of_the_library(node: ast.Import | ast.ImportFrom) -> bool:
    """Whether an import can't fail."""
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module]
    tops = {name.partition(".")[0] if name else "" for name in names}
    return tops <= sys.stdlib_module_names


def _computed(sign: ast.operator, left: Any, right: Any) -> Any:
    """Compute with two small numbers; anything else could grow without end."""
    numbers = isinstance(left, (int, float)) and isinstance(right, (int, float))
    if not numbers or abs(left) > 1e9 or abs(right) > (64 if isinstance(sign, ast.Pow) else 1e9):
        raise _NotStaticError
    try:
        return _ARITHMETIC[type(sign)](left, right)
    except ArithmeticError as error:
        raise _NotStaticError from error


def _failure_of(assertion: _Assertion, replies: Sequence[bytes]) -> str | None:
    """Say how an assertion fails, in the words of the process that would run it.

    Raises:
        _AnswerMissingError: it takes more answers to know.
    """
    try:
        if assertion.test(_Answers(replies)):
            return None
    except _CallRaisedError as error:
        message = str(error)
    except Exception as error:  # noqa: BLE001 (comparing an answer may raise anything)
        message = _described(error)
    else:
        message = f"AssertionError: {assertion.message}" if assertion.message else "AssertionError"
    return f"{message}: {assertion.line}"


def _described(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__

"""Which solved examples are shown: those nearest in kind to the problem, the nearest last.

Pure. Kinds of standard-input problems are how their input is read; kinds of call-based problems
are whether a class or a function is asked for, and what its first argument is.
"""

import json

from gptcc_cli.problem import Mode, Problem
from gptcc_cli.prompting.openings import opening_of
from gptcc_cli.prompting.prompt import Example, Form


def choose_examples(problem: Problem, form: Form) -> tuple[Example, ...]:
    """The examples to show, in the order to show them."""
    wanted = kind_of(problem)
    by_nearness = sorted(form.examples, key=lambda example: -_likeness(example.kind, wanted))
    return tuple(reversed(by_nearness[: form.n_examples]))


def kind_of(problem: Problem) -> str:
    """What a problem has in common with others."""
    if problem.mode is Mode.STDIN:
        return opening_of(problem)
    arguments = [s.input[0] for s in problem.samples if isinstance(s.input, tuple) and s.input]
    first = json.dumps(arguments[0]) if arguments else _annotated(problem.starter_code)
    return call_kind(problem.starter_code, first)


def call_kind(starter: str, first_argument: str) -> str:
    """The kind of a call-based problem.

    Args:
        starter: the code it starts from.
        first_argument: the first argument of a sample, as JSON; empty: not known.
    """
    style = "class" if starter.lstrip().startswith("class ") else "function"
    return f"{style} {_type_name(first_argument)}"


def _type_name(value: str) -> str:
    first = value.strip()[:1]
    if first == "[":
        return "list"
    if first == '"':
        return "text"
    return "number" if first.isdigit() or first == "-" else "other"


def _annotated(starter: str) -> str:
    # "def f(self, nums: List[int])": an example value of the first argument's type.
    signature = starter.partition("(")[2].replace("self,", "")
    kind = signature.partition(":")[2].strip()
    if kind.startswith(("List", "list")):
        return "[]"
    if kind.startswith("str"):
        return '""'
    return "0" if kind.startswith(("int", "float")) else ""


def _likeness(kind: str, wanted: str) -> float:
    # Shared words, in order from the start, tell layouts apart well enough: "t = int(input())
    # for ..." is far from "n = int(input())" and near to other loops.
    if kind == wanted:
        return 2.0
    have, want = kind.split(), wanted.split()
    same = 0
    while same < min(len(have), len(want)) and have[same] == want[same]:
        same += 1
    return same / max(len(have), len(want), 1) + 0.1 * bool(set(have) & set(want))

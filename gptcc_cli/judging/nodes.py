"""How a program is called whose function takes nodes, or that is a designed class.

Pure: makes the lines around a program; ``node_values`` is the text that runs in them.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gptcc_cli.problem import Problem
from gptcc_cli.statement.node_types import call_spec, node_fields

ENTRY_POINT = "_call_with_nodes"
"""The function that is called instead of the problem's own."""

_NO_FIELDS = "_NODE_FIELDS: tuple[str, ...] = ()"


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
    spec = call_spec(problem)
    if spec is None:
        return None
    fields = node_fields(problem.starter_code)
    values = _source().replace(_NO_FIELDS, f"{_NO_FIELDS[:-2]}{fields!r}")
    call = f"_CallFromOutside(globals(), __import__('json').loads({json.dumps(spec)!r}))"
    return NodeCall(
        first_line=f"exec({values!r})",
        # Without its function or class a program has no entry point, as without nodes.
        last_lines=f"\n\nif {{{spec['class'] or spec['name']!r}, 'Solution'}} & globals().keys():\n"
        f"    def {ENTRY_POINT}(*args):\n        return {call}.call(*args)\n",
    )


@cache
def _source() -> str:
    return Path(__file__).with_name("node_values.py").read_text(encoding="utf-8")

"""The JSON Schemas of what commands print, derived from the records' types.

``python -m tests.documentation.reference`` writes them to ``docs/reference/schemas.json``.
"""

import ast
import inspect
import json
import textwrap
from dataclasses import fields, is_dataclass
from typing import Any

import msgspec

from gptcc_cli.console.records import RECORDS


def schemas() -> str:
    """Return the content of ``schemas.json``."""
    kinds = [kind for group in RECORDS.values() for kind in group]
    _, found = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    described = {name: _described(name, schema) for name, schema in found.items()}
    definitions: dict[str, Any] = {}
    for name, group in RECORDS.items():
        of_type = [_with_name(described.pop(kind.__name__), name) for kind in group]
        definitions[name] = of_type[0] if len(of_type) == 1 else {"anyOf": of_type}
    return (
        json.dumps(
            {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "title": "Lines that gptcc prints with --json, by the name in their field `schema`",
                "$defs": {**definitions, **dict(sorted(described.items()))},
            },
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
    )


def _with_name(schema: dict[str, Any], name: str) -> dict[str, Any]:
    """Add the field ``schema``, which ``write_json`` puts first."""
    return {
        "type": "object",
        "description": schema["description"],
        "required": ["schema", *schema["required"]],
        "additionalProperties": False,
        "properties": {"schema": {"const": name}, **schema["properties"]},
    }


def _described(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Describe each field by the docstring below it."""
    kind = _kinds()[name]
    texts = _field_docstrings(kind)
    properties = {
        field.name: {
            **schema["properties"][field.name],
            **({"description": texts[field.name]} if field.name in texts else {}),
        }
        for field in fields(kind)
    }
    return {
        "type": "object",
        "description": _one_line((kind.__doc__ or "").replace("``", "")).split(": ", 1)[-1],
        "required": schema["required"],
        "additionalProperties": False,
        "properties": properties,
    }


def _kinds() -> dict[str, type]:
    from gptcc_cli.console import records

    return {name: kind for name, kind in vars(records).items() if is_dataclass(kind)}


def _field_docstrings(kind: type) -> dict[str, str]:
    """Return the docstrings below the fields of a dataclass and its bases."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__[:-1]):
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(base))).body
        assert isinstance(tree, ast.ClassDef)
        for statement, after in zip(tree.body, tree.body[1:], strict=False):
            if (
                isinstance(statement, ast.AnnAssign)
                and isinstance(statement.target, ast.Name)
                and isinstance(after, ast.Expr)
                and isinstance(after.value, ast.Constant)
            ):
                found[statement.target.id] = _one_line(str(after.value.value))
    return found


def _one_line(text: str) -> str:
    return " ".join(text.split())

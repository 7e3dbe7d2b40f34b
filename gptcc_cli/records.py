"""Dataclasses as JSON and back, with msgspec.

Text goes through the standard ``json`` module in ASCII, because msgspec's own encoder refuses lone
surrogates, which models write. msgspec is imported when a record is first converted.
"""

import json
from typing import Any, TypeVar

_Record = TypeVar("_Record")


def to_json(value: Any) -> str:
    """Return a dataclass, or a container of them, as compact JSON in ASCII; enums by value."""
    import msgspec

    return json.dumps(msgspec.to_builtins(value), separators=(",", ":"))


def from_json(kind: type[_Record], text: str, **fields: Any) -> _Record:
    """Read a dataclass, or a container of them, from JSON.

    Fields that a newer gptcc added are ignored; those that an older one did not know get their
    defaults.

    Args:
        kind: the type to return.
        text: JSON that ``to_json`` gave.
        fields: values of fields that are not in ``text``.

    Raises:
        ValueError: the text is not JSON, or does not describe such a value.
    """
    import msgspec

    value = json.loads(text)
    return msgspec.convert({**value, **fields} if fields else value, kind)

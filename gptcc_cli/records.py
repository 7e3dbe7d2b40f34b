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


def from_record(kind: type[_Record], record: Any) -> _Record:
    """Return a dataclass, or a container of them, made of JSON values.

    Fields that a newer gptcc added are ignored; those that an older one did not know get their
    defaults.

    Args:
        kind: the type to return.
        record: what ``json.loads`` returns for JSON that ``to_json`` gave.

    Raises:
        ValueError: the record does not describe such a value.
    """
    import msgspec

    return msgspec.convert(record, kind)


def from_json(kind: type[_Record], text: str) -> _Record:
    """Read a dataclass, or a container of them, from JSON; see ``from_record``."""
    return from_record(kind, json.loads(text))

"""What never enters the history: keys, and the parts of an address that may hold some.

Settings, names and messages pass through here. Statements, prompts and programs are kept as
they are: whoever pastes a key into a statement has shown it to the model as well.
"""

import os
import re
from typing import Any

_KEYS = ("GPTCC_API_KEY", "OPENAI_API_KEY", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
_LEAST = 6
"""Shorter values are no keys, and would black out parts of words."""
_ADDRESS = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)(?P<rest>[^\s'\"<>]*)")


def without_secrets(value: Any) -> Any:
    """Return a value of JSON whose texts hold no key and no address with user or query."""
    if isinstance(value, str):
        for key in filter(None, (os.environ.get(name) for name in _KEYS)):
            if len(key) >= _LEAST:
                value = value.replace(key, "***")
        return _ADDRESS.sub(_bare, value)
    if isinstance(value, dict):
        return {name: without_secrets(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [without_secrets(part) for part in value]
    return value


def _bare(address: re.Match[str]) -> str:
    place, slash, path = re.split(r"[?#]", address["rest"], maxsplit=1)[0].partition("/")
    return f"{address['scheme']}{place.rpartition('@')[2]}{slash}{path}"

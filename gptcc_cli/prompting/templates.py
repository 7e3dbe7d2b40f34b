"""Where templates come from: one file each, with its stop strings.

A template is a TOML file: ``chat``, ``stop`` and, for each mode (``[stdin]``, ``[call]``; written
``[[stdin]]`` where there are several forms), either ``text`` or ``turns`` with ``answer``. With
``chat = false`` forms of both kinds may stand side by side. Any
other file is the text itself, for both modes, without stop strings. Placeholders are explained
in ``docs/concepts/prompts.md``.
"""

import hashlib
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from gptcc_cli.errors import UsageError
from gptcc_cli.problem import Mode
from gptcc_cli.prompting.prompt import Form, PromptTemplate, Turn

_PACKAGE = Path(__file__).parents[1] / "prompts"
_CHECKOUT = Path(__file__).parents[2] / "prompts"


REPAIR = "repair"
"""The template for a second try; it shows a program that failed, so nobody begins with it."""
WRITE_TESTS = "write-tests"
"""The template that asks for tests, which no candidate is written from."""
_NO_FIRST = frozenset({REPAIR, WRITE_TESTS})


def template_names() -> tuple[str, ...]:
    """The templates that ship with gptcc, for a first attempt."""
    return tuple(sorted({path.stem for path in _directory().glob("*.toml")} - _NO_FIRST))


def load_template(name: str) -> PromptTemplate:
    """Read a template.

    Args:
        name: one of ``template_names()``, or the path of a file.

    Raises:
        UsageError: there is no such template, or the file is no template.
    """
    shipped = _directory() / f"{name}.toml"
    if "/" not in name and shipped.is_file():
        return _read(shipped, name)
    path = Path(name).expanduser()
    if path.is_file():
        return _read(path, str(path))
    raise UsageError(
        f"there is no prompt template {name}",
        hint=f"choose {', '.join(template_names())}, or name a file",
    )


@cache
def _directory() -> Path:
    # The wheel carries the folder inside the package; an editable install does not.
    return _PACKAGE if _PACKAGE.is_dir() else _CHECKOUT


def _read(path: Path, name: str) -> PromptTemplate:
    try:
        content = path.read_bytes()
        text = content.decode("utf-8")
        if path.suffix != ".toml":
            form = Form(text=text)
            return PromptTemplate(
                name=name,
                sha256=hashlib.sha256(content).hexdigest(),
                stop_strings=(),
                chat=False,
                forms={Mode.STDIN: (form,), Mode.CALL: (form,)},
            )
        return _template(name, hashlib.sha256(content).hexdigest(), tomllib.loads(text))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValueError) as error:
        raise UsageError(
            f"{path} is no prompt template: {error}",
            hint="docs/concepts/prompts.md shows what one looks like",
        ) from error


def _template(name: str, sha256: str, values: dict[str, Any]) -> PromptTemplate:
    chat = bool(values.get("chat", False))
    forms = {mode: _forms(values[mode.value]) for mode in Mode if mode.value in values}
    if not forms:
        raise ValueError("it has neither [stdin] nor [call]")
    if chat and not all(form.turns for listed in forms.values() for form in listed):
        raise ValueError("chat = true, but a mode has no turns")
    return PromptTemplate(
        name=name,
        sha256=sha256,
        stop_strings=tuple(_texts(values.get("stop", []))),
        chat=chat,
        tabs=bool(values.get("tabs", False)),
        forms=forms,
    )


def _forms(values: Any) -> tuple[Form, ...]:
    # [stdin] is one form, several [[stdin]] are several.
    listed = values if isinstance(values, list) else [values]
    return tuple(_form(entry) for entry in listed)


def _form(values: Any) -> Form:
    if not isinstance(values, dict):
        raise ValueError("a mode is no table")
    turns = tuple(_turn(turn) for turn in values.get("turns", []))
    form = Form(
        text=str(values.get("text", "")),
        turns=turns,
        answer=str(values.get("answer", "")),
        program=str(values.get("program", "")),
        body=bool(values.get("body", False)),
        max_new_tokens=_limit(values.get("max_new_tokens")),
        otherwise=bool(values.get("otherwise", False)),
    )
    if not turns and not form.text:
        raise ValueError("a form has no turns and no text")
    return form


def _limit(value: Any) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
        return value
    raise ValueError("max_new_tokens is no number above 0")


def _turn(values: Any) -> Turn:
    if not isinstance(values, dict) or not {"role", "text"} <= values.keys():
        raise ValueError("a turn needs role and text")
    return Turn(role=str(values["role"]), text=str(values["text"]))


def _texts(values: Any) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(v, str) and v for v in values):
        raise ValueError("stop is no list of texts")
    return values

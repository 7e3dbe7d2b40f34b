"""Templates, the files they are read from, and prompts.

A template is a TOML file: ``chat``, ``stop`` and, for each mode (``[stdin]``, ``[call]``, or
``[[stdin]]`` for several forms), either ``text`` or ``turns`` with ``answer``. With
``chat = false`` both kinds of forms may be mixed. Any other file is the text itself, for both
modes, without stop strings. ``docs/concepts/prompts.md`` explains the placeholders.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from gptcc_cli.errors import UsageError
from gptcc_cli.problem import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message of a conversation."""

    role: str
    """``system``, ``user`` or ``assistant``."""
    text: str
    """Text with placeholders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A template's texts for one mode, with placeholders such as ``{statement}``."""

    text: str = ""
    """The whole text, unless the form is a chat."""
    turns: tuple[Turn, ...] = ()
    """The conversation, if the form is a chat."""
    answer: str = ""
    """The start of the assistant's answer, in a chat."""
    program: str = ""
    """The start of the program, which the completion continues. The prompt ends with it, or with
    the same code and the statement as its docstring."""
    body: bool = False
    """Whether the completion is the rest of a function's body and ends with it."""
    max_new_tokens: int | None = None
    """The most tokens of a completion, if fewer than the run allows."""
    otherwise: bool = False
    """Whether it is used only if no other form can be."""

    @property
    def needs_function(self) -> bool:
        """Whether it needs the function that the problem asks for."""
        return any("{function}" in text for text in self._texts)

    @property
    def needs_opening(self) -> bool:
        """Whether it needs the lines that read the input."""
        return any("{opening}\n" in text for text in self._texts)

    @property
    def _texts(self) -> tuple[str, ...]:
        return (self.text, self.answer, *(turn.text for turn in self.turns))


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTemplate:
    """A way to present a problem to a model."""

    name: str
    """The template's name: ``apps``, ``apps-eval``, ``chat``, ``examples``, ``bare``, or a file."""
    sha256: str
    """Of the template's file, recorded with a run."""
    stop_strings: tuple[str, ...]
    """A completion ends before any of these."""
    chat: bool
    """Whether the tokenizer's chat template is used; in a prompt, by the form it was made from."""
    tabs: bool = False
    """Whether indentation is written with tabs."""
    forms: Mapping[Mode, tuple[Form, ...]] = field(default_factory=dict)
    """The forms for each mode, among which a run's candidates are divided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """The exact text that a model reads."""

    text: str
    """Including the special tokens of a chat template."""
    template: PromptTemplate
    n_tokens: int
    """Tokens in ``text`` by the model's tokenizer."""
    dropped: tuple[str, ...] = ()
    """Parts of the statement that did not fit, in order."""
    prefix: str = ""
    """Program text that the completion continues, such as starter code: the program is
    ``prefix + completion``."""
    ends_with_body: bool = False
    """Whether the completion ends before the first line that is not indented."""
    max_new_tokens: int | None = None
    """The most tokens of the completion, if fewer than the run allows."""
    round: int = 0
    """The round of repair; 0 for a first attempt."""
    repairs: str | None = None
    """The id of the program to repair; ``None``: the prompt asks for a new one."""


REPAIR = "repair"
"""The template for repair, which shows a failed program."""
WRITE_TESTS = "write-tests"
"""The template that asks for tests."""
_NOT_FOR_SOLVING = frozenset({REPAIR, WRITE_TESTS})


def template_names() -> tuple[str, ...]:
    """Return the names of gptcc's templates for solving."""
    return tuple(sorted({path.stem for path in _directory().glob("*.toml")} - _NOT_FOR_SOLVING))


def load_template(name: str) -> PromptTemplate:
    """Read a template.

    Args:
        name: one of ``template_names()``, or the path of a file.

    Raises:
        UsageError: there is no such template, or the file is invalid.
    """
    shipped = _directory() / f"{name}.toml"
    if "/" not in name and shipped.is_file():
        return _read(shipped, name)
    path = Path(name).expanduser()
    if path.is_file():
        return _read(path, str(path))
    raise UsageError(
        f"there is no prompt template {name!r}",
        hint=f"use one of {', '.join(template_names())}, or a file",
    )


@cache
def _directory() -> Path:
    """Return the folder ``prompts``: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).parents[1]
    return next(one for one in (package / "prompts", package.parent / "prompts") if one.is_dir())


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
            f"{str(path)!r} is not a prompt template: {error}",
            hint="docs/concepts/prompts.md describes the format",
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
    # [stdin] is one form, [[stdin]] a list of forms.
    listed = values if isinstance(values, list) else [values]
    return tuple(_form(entry) for entry in listed)


def _form(values: Any) -> Form:
    if not isinstance(values, dict):
        raise ValueError("a mode is not a table")
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
    raise ValueError("max_new_tokens is not a positive integer")


def _turn(values: Any) -> Turn:
    if not isinstance(values, dict) or not {"role", "text"} <= values.keys():
        raise ValueError("a turn needs a role and a text")
    return Turn(role=str(values["role"]), text=str(values["text"]))


def _texts(values: Any) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(v, str) and v for v in values):
        raise ValueError("stop is not a list of non-empty strings")
    return values

"""Templates and the prompts they give, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

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
    """What a template says for one mode. Texts hold placeholders such as ``{statement}``."""

    text: str = ""
    """The whole text, where it is no chat."""
    turns: tuple[Turn, ...] = ()
    """The conversation, where it is a chat."""
    answer: str = ""
    """How the assistant's answer begins, in a chat."""
    program: str = ""
    """The beginning of the program that the answer goes on from; the prompt ends with it, or with
    the same code and the statement as its docstring."""
    body: bool = False
    """Whether the answer is the rest of a function's body, and nothing after it is wanted."""

    max_new_tokens: int | None = None
    """Tokens after which its answers end, whatever a run allows; ``None``: what a run allows."""
    otherwise: bool = False
    """Used only where none of the others can be."""

    @property
    def needs_function(self) -> bool:
        """Whether it can be filled only where it is known which function is asked for."""
        return any("{function}" in text for text in self._shown)

    @property
    def needs_opening(self) -> bool:
        """Whether it goes on from how the input is read, so that this has to be known."""
        return any("{opening}\n" in text for text in self._shown)

    @property
    def _shown(self) -> tuple[str, ...]:
        return (self.text, self.answer, *(turn.text for turn in self.turns))


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTemplate:
    """One way to put a problem to a model."""

    name: str
    """The template's name: ``apps``, ``apps-eval``, ``chat``, ``examples``, ``bare``, or a file."""
    sha256: str
    """Of the template's file, so that a run can say exactly what was asked."""
    stop_strings: tuple[str, ...]
    """Text at which a completion ends; the text itself is not part of it."""
    chat: bool
    """Whether the text is wrapped in the tokenizer's chat template; a prompt's template says it of
    the form that made the prompt."""
    tabs: bool = False
    """Whether the statement's indentation is written with tabs."""
    forms: Mapping[Mode, tuple[Form, ...]] = field(default_factory=dict)
    """What it says for each mode; a run's candidates are spread over several forms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """Exactly what the model reads."""

    text: str
    """The text, byte for byte, special tokens of a chat template included."""
    template: PromptTemplate
    n_tokens: int
    """Tokens in ``text`` by the model's tokenizer."""
    dropped: tuple[str, ...] = ()
    """Parts of the statement that did not fit, in its order."""
    prefix: str = ""
    """Program text that the completion goes on from (starter code, or an unfinished function):
    the program is ``prefix + completion``. The prompt ends with it, or with the same code and
    the statement as its docstring."""
    ends_with_body: bool = False
    """Whether the completion ends before the first line that is not indented."""
    max_new_tokens: int | None = None
    """Tokens after which the completion ends, whatever the run allows."""
    round: int = 0
    """0 for a first attempt; the round of repair otherwise."""
    repairs: str | None = None
    """The id of the program it asks to mend; ``None``: it asks for a new one."""

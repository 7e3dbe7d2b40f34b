"""Problem -> Prompt: the one place that decides what a model reads.

Takes ``SampleTest`` only: a hidden test in a prompt is a type error. Reads the templates that
ship with the package, once; apart from that pure. Does not tokenize: whoever knows the
tokenizer passes ``count_tokens`` and, for chat forms, ``render_chat``.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTemplate:
    """One way to put a problem to a model."""

    name: str
    """The template's name: ``apps``, ``apps-eval``, ``chat``, ``examples``, ``bare``, or a file."""
    sha256: str
    """Of the template's text, so that a run can say exactly what was asked."""
    stop_strings: tuple[str, ...]
    """Text at which a completion ends; the text itself is not part of it."""
    chat: bool
    """Whether the text is wrapped in the tokenizer's chat template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """Exactly what the model reads."""

    text: str
    """The text, byte for byte, special tokens of a chat template included."""
    template: PromptTemplate
    n_tokens: int
    """Tokens in ``text`` by the model's tokenizer."""
    dropped: tuple[str, ...] = ()
    """Paragraphs of the statement that did not fit."""
    prefix: str = ""
    """Program text that the prompt ends with and the completion goes on from (starter code
    or a fence already opened): the program is ``prefix + completion``."""
    round: int = 0
    """0 for a first attempt; the round of repair otherwise."""

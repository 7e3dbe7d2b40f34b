"""The part of a reply that is the answer, without the thoughts that led to it.

Reasoning models mark their thoughts, channels and final answers in many ways. Three shapes cover
them: pairs of marks around a thought (``<think>``, ``[THINK]``, ``<|START_THINKING|>``, ...),
messages on named channels (OpenAI's harmony format), and pairs of marks around the final answer
(``<answer>``, ``[BEGIN FINAL RESPONSE]``, ...). Covers marks in the text, whole or with their
special tokens already skipped where words are left of them. Does not look for programs
(``answers``); never mistakes thoughts for an answer where a mark says which is which.
"""

import re
from collections.abc import Iterator

_THOUGHT = (
    r"(?:[a-z]+[:_])?(?:think(?:ing)?|thoughts?|reason(?:ing)?|reflection|analysis|scratchpad"
    r"|rationale|cot)(?:[:_][a-z_]+)?"
)
_FINAL = r"(?:final[ _])?(?:response|answer|solution|code|text)"


def _opening(name: str) -> str:
    """Return a pattern of the marks that open a passage of this name."""
    return (
        rf"<{name}>|\[(?:BEGIN )?{name}\]|◁{name}▷|<\|(?:START|begin_of|begin)_{name}\|>"
        rf"|<\|{name}_(?:start|begin)\|>"
    )


def _closing(name: str) -> str:
    """Return a pattern of the marks that close one."""
    return (
        rf"</{name}>|\[(?:/|END ){name}\]|◁/{name}▷|<\|(?:END|end_of|end)_{name}\|>"
        rf"|<\|{name}_end\|>"
    )


# Gemma and MedGemma name the thought's channel in words; other marks stand for it alone.
_THOUGHT_MARKS = re.compile(
    rf"(?P<open>(?:(?<=\n)|(?<=>)|(?<=\])|\A)[ \t]*"
    rf"(?:{_opening(_THOUGHT)}|<\|channel>thought|<unused94>thought))"
    rf"|(?P<close>{_closing(_THOUGHT)}|<channel\|>|<unused95>)",
    re.IGNORECASE,
)
_FINAL_OPENING = re.compile(
    rf"(?:^|(?<=>)|(?<=\]))[ \t]*(?:{_opening(_FINAL)}|\[BEGIN\])", re.IGNORECASE | re.MULTILINE
)
_FINAL_CLOSING = re.compile(rf"{_closing(_FINAL)}|\[DONE\]", re.IGNORECASE)

_CHANNEL = re.compile(r"<\|channel\|>\s*(\w+)([^<\n]*)(?:<\|constrain\|>\s*\w+)?<\|message\|>")
_MESSAGE_END = re.compile(r"<\|(?:end|call|return|start|channel)\|>")
_SKIPPED_CHANNELS = re.compile(r"\A\s*(?:analysis|commentary)(?=[A-Z\s])")
_SKIPPED_FINAL = re.compile(r"assistant\s*final\s*")

END_TOKEN = re.compile(
    r"<\|(?:end|eot|eom|im_end|im_start|return|call)[a-z_]*\|>|<｜end[^｜\n]{0,30}｜>|</s>"
    r"|<(?:eos|end_of_turn)>|(?:\[EOS\]|\[e~\[)(?=\s*\Z)",
    re.IGNORECASE,
)
"""Ends of text and of turns, as the tokenizers of common models write them."""


def without_thoughts(text: str) -> str:
    """Return what a reply says after its thoughts; thoughts that never end leave nothing.

    A closing mark without an opening one means that the prompt opened the thought.
    """
    message = _final_message(text)
    kept: list[str] = []
    inside, start = False, 0
    for mark in _THOUGHT_MARKS.finditer(message):
        if mark["open"] is None:
            kept = kept if inside else []
            inside, start = False, mark.end()
        elif not inside:
            kept.append(message[start : mark.start()])
            inside = True
    if not inside:
        kept.append(message[start:])
    return "".join(kept)


def finals(answer: str) -> Iterator[str]:
    """Yield the passages that marks call the final answer, the last one first."""
    for mark in reversed(list(_FINAL_OPENING.finditer(answer))):
        end = _FINAL_CLOSING.search(answer, mark.end())
        yield answer[mark.end() : end.start() if end else len(answer)].strip("\n") + "\n"


def cut_at_end_token(text: str) -> str:
    """Return the text up to its first end token; headers are left alone, an answer may use them."""
    token = END_TOKEN.search(text)
    return text[: token.start()] if token else text


def _final_message(text: str) -> str:
    """Return the message on the final channel, or the last one that calls a tool with code.

    A text without channels is returned whole; one that ends in its analysis leaves nothing.
    """
    messages = list(_CHANNEL.finditer(text))
    if not messages:
        if _SKIPPED_CHANNELS.match(text) is None:
            return text
        *_, last = [None, *_SKIPPED_FINAL.finditer(text)]
        return "" if last is None else text[last.end() :]
    bodies: dict[bool, str] = {}
    for message in messages:
        end = _MESSAGE_END.search(text, message.end())
        is_final = message[1] == "final"
        if is_final or "to=" in message[2]:
            bodies[is_final] = text[message.end() : end.start() if end else len(text)]
    return bodies.get(True, bodies.get(False, ""))

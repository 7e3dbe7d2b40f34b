"""Tokens -> text while they come: detokenizing, stop strings, and why a row ends.

A candidate's text is what its tokens say after the prompt's. Covers characters that are split
over tokens, stop strings that span tokens, end tokens, limits. Does not draw tokens.
"""

import re
from collections.abc import Sequence
from typing import Any

from gptcc_cli.errors import ModelError
from gptcc_cli.generation.completion import Completion, Finish, Request
from gptcc_cli.prompting import Prompt

_CONTEXT = 4
"""Prompt tokens decoded before the new ones: SentencePiece tokenizers drop the space of the
first token they decode, so a text must not be decoded from its middle."""
_TRIPLE = ('"""', "'''")
_DEDENT = re.compile(r"\n(?=[^\s)\]}])")
"""Before a line in column 0 that does not close a bracket."""
_BROKEN = "\N{REPLACEMENT CHARACTER}"


class Row:
    """One candidate being written."""

    def __init__(
        self,
        request: Request,
        prompt_ids: Sequence[int],
        tokenizer: Any,
        *,
        end_tokens: frozenset[int],
        max_new_tokens: int,
    ) -> None:
        """Begin with nothing written.

        Args:
            request: the candidate.
            prompt_ids: the prompt's tokens.
            tokenizer: a transformers tokenizer.
            end_tokens: tokens that end a text and are no part of it.
            max_new_tokens: at least 1; the window is already taken into account. The prompt may
                allow fewer.
        """
        self.request = request
        self.tokens: list[int] = []
        self.finish: Finish | None = None
        self._tokenizer = tokenizer
        self._end_tokens = end_tokens
        self._max_new_tokens = min(max_new_tokens, request.prompt.max_new_tokens or max_new_tokens)
        self._stops = tuple(stop for stop in request.prompt.template.stop_strings if stop)
        self._ends_with_body = request.prompt.ends_with_body
        self._reach = max((len(stop) for stop in self._stops), default=1) - 1
        self._ended_by_token = False
        self._cut: int | None = None
        self._sum_logprob = 0.0
        self._context = list(prompt_ids[-_CONTEXT:])
        self._settled = 0
        self._decoded_from = 0
        self._text = ""

    @property
    def text(self) -> str:
        """What can be shown of the text so far; a character begun may be missing."""
        return self._text if self._cut is None else self._text[: self._cut]

    def push(self, token: int, logprob: float) -> Finish | None:
        """Add a token; return why the row ends with it, or ``None`` if it goes on."""
        self.tokens.append(token)
        self._sum_logprob += logprob
        if token in self._end_tokens:
            self._ended_by_token = True
            self.finish = Finish.STOP
            return self.finish
        self._grow()
        if self._cut is not None:
            self.finish = Finish.STOP
        elif len(self.tokens) >= self._max_new_tokens:
            self.finish = Finish.LENGTH
        return self.finish

    def completion(self) -> Completion:
        """Return the row as it stands; one that has not ended is cancelled."""
        text = self.text if self._cut is not None else self._whole()
        count = len(self.tokens)
        return Completion(
            prompt=self.request.prompt,
            index=self.request.index,
            text=text,
            n_tokens=count,
            finish=self.finish or Finish.CANCELLED,
            mean_logprob=self._sum_logprob / count if count else None,
            temperature=self.request.temperature,
            seed=self.request.seed,
        )

    def _grow(self) -> None:
        """Decode the new token with the few before it, unless it ends inside a character."""
        before = self._decode(self._decoded_from, self._settled)
        after = self._decode(self._decoded_from, len(self.tokens))
        if len(after) <= len(before) or after.endswith(_BROKEN):
            return
        start = max(0, len(self._text) - self._reach)
        self._text += after[len(before) :]
        self._decoded_from, self._settled = self._settled, len(self.tokens)
        places = [place for stop in self._stops if (place := self._text.find(stop, start)) >= 0]
        if self._ends_with_body:
            places += self._dedents(max(0, start - 1))
        self._cut = min(places, default=None)

    def _dedents(self, start: int) -> list[int]:
        """Return where a function's body ends: not inside a text of several lines."""
        return [
            found.start()
            for found in _DEDENT.finditer(self._text, start)
            if all(self._text.count(marks, 0, found.start()) % 2 == 0 for marks in _TRIPLE)
        ]

    def _whole(self) -> str:
        """Decode everything at once: also what ends inside a character."""
        end = len(self.tokens) - self._ended_by_token
        base = self._decode(0, 0)
        return self._decode(0, end)[len(base) :]

    def _decode(self, start: int, end: int) -> str:
        tokens = self.tokens[start:end]
        if start == 0:
            tokens = self._context + tokens
        text: str = self._tokenizer.decode(tokens, skip_special_tokens=True)
        return text


def encode_prompt(tokenizer: Any, prompt: Prompt) -> list[int]:
    """Return the prompt's tokens: at least one.

    A chat template writes its own special tokens; other prompts get those that the tokenizer
    puts before a text, as in training. An empty prompt is a lone begin (or end) token.

    Raises:
        ModelError: the prompt is empty and the tokenizer has no token to begin with.
    """
    ids: list[int] = tokenizer.encode(prompt.text, add_special_tokens=not prompt.template.chat)
    if ids:
        return ids
    for token in (tokenizer.bos_token_id, tokenizer.eos_token_id):
        if token is not None:
            return [token]
    raise ModelError("an empty prompt can't be completed: the tokenizer has no begin token")


def room_for(n_prompt_tokens: int, context_length: int, wanted: int) -> int:
    """Return how many tokens may be written after a prompt of so many.

    Raises:
        ModelError: the prompt fills the model's window.
    """
    room = min(wanted, context_length - n_prompt_tokens)
    if room < 1:
        raise ModelError(
            f"the prompt has {n_prompt_tokens} tokens, and the model's window of "
            f"{context_length} leaves no room for an answer",
            hint="use a shorter statement or a model with a longer window",
        )
    return room

"""The rows being written: who is in which slot, entering, leaving, one token at a time.

Continuous batching: a row that ends leaves at once, and a waiting request takes its slot
before the next token. Does not yield, cancel or catch: that is ``local_engine``.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gptcc_cli.generation.completion import Completion, Request, Sampling
from gptcc_cli.generation.engine.cache import Prefix, SuffixCache
from gptcc_cli.generation.engine.decoder import Decoder
from gptcc_cli.generation.engine.steps import SlotGroup
from gptcc_cli.generation.sampling import RowSampler, uniform
from gptcc_cli.generation.stopping import Row, encode_prompt, room_for
from gptcc_cli.models import LoadedModel

_KEPT_PROMPTS = 4
"""Prompts kept though no row needs them: the next requests may."""


@dataclass(slots=True, kw_only=True)
class _Slot:
    """A row in its slot."""

    row: Row
    prefix: Prefix
    n_cached: int = 0
    """Tokens that the row's slot holds: all it wrote but the last, and its prompt if it is
    alone."""


class Batch:
    """Up to ``capacity`` rows that are written together."""

    def __init__(
        self, decoder: Decoder, loaded: LoadedModel, sampling: Sampling, capacity: int
    ) -> None:
        """Begin with no rows."""
        self.capacity = capacity
        self.n_tokens = 0
        self.n_finished = 0
        self._decoder = decoder
        self._loaded = loaded
        self._sampling = sampling
        self._sampler = RowSampler(top_k=sampling.top_k, top_p=sampling.top_p)
        self._cache: SuffixCache = decoder.new_cache(capacity)
        self._slots: list[_Slot] = []
        self._prompts: OrderedDict[str, Prefix] = OrderedDict()
        self._groups: tuple[SlotGroup, ...] | None = None
        # Kernels that attend to prompts do so for one row too: its text is then that of any batch.
        self._alone = capacity == 1 and not decoder.packs_prompts

    def __len__(self) -> int:
        """Return the number of rows being written."""
        return len(self._slots)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows being written."""
        return tuple(slot.row for slot in self._slots)

    def enter(self, requests: Sequence[Request]) -> list[Completion]:
        """Give requests a slot, each with its first token; return those that this token ends.

        Raises:
            ModelError: a prompt leaves no room in the model's window.
        """
        entrants = [_Slot(row=row, prefix=prefix) for row, prefix in map(self._open, requests)]
        if not entrants:
            return []
        self._draw(_stack([slot.prefix.logits for slot in entrants]), entrants)
        self._slots += [slot for slot in entrants if slot.row.finish is None]
        self._groups = None
        if self._alone and self._slots:
            self._cache.put_prompt(self._slots[0].prefix)
            self._slots[0].n_cached = len(self._slots[0].prefix)
        return self._finished(entrants)

    def step(self) -> list[Completion]:
        """Write one token of every row; return the rows it ends."""
        slots = self._slots
        self._cache.grow(max(slot.n_cached for slot in slots) + 1, len(slots))
        logits = self._decoder.step(
            [slot.row.tokens[-1] for slot in slots],
            [slot.n_cached for slot in slots],
            self._grouped(),
            self._cache,
        )
        for slot in slots:
            slot.n_cached += 1
        self._draw(logits, slots)
        finished = self._finished(slots)
        if finished:
            self._compact()
        return finished

    def shrink(self, capacity: int) -> list[Request]:
        """Keep the first ``capacity`` rows; return the requests of the others, to begin anew."""
        left = self._slots[capacity:]
        del self._slots[capacity:]
        self.capacity = capacity
        self.n_tokens -= sum(len(slot.row.tokens) for slot in left)
        self._cache.shrink(capacity)
        self._groups = None
        return [slot.row.request for slot in left]

    def abandon(self) -> list[Completion]:
        """Return all rows as they stand, cancelled."""
        completions = [slot.row.completion() for slot in self._slots]
        self.n_finished += len(completions)
        self._slots.clear()
        return completions

    def _open(self, request: Request) -> tuple[Row, Prefix]:
        loaded = self._loaded
        prefix = self._prefix(request)
        room = room_for(len(prefix), loaded.context_length, self._sampling.max_new_tokens)
        row = Row(
            request,
            prefix.ids,
            loaded.tokenizer,
            end_tokens=loaded.end_tokens,
            max_new_tokens=room,
        )
        return row, prefix

    def _prefix(self, request: Request) -> Prefix:
        """Return the prompt as read, from memory if it was read before."""
        text = request.prompt.text
        if text not in self._prompts:
            ids = encode_prompt(self._loaded.tokenizer, request.prompt)
            room_for(len(ids), self._loaded.context_length, 1)
            self._prompts[text] = self._decoder.read(ids)
            self._forget_prompts()
        self._prompts.move_to_end(text)
        return self._prompts[text]

    def _forget_prompts(self) -> None:
        used = {id(slot.prefix) for slot in self._slots}
        idle = [text for text, prefix in self._prompts.items() if id(prefix) not in used]
        for text in idle[:-_KEPT_PROMPTS]:
            del self._prompts[text]

    def _draw(self, logits: Any, slots: Sequence[_Slot]) -> None:
        rows = [slot.row for slot in slots]
        tokens, logprobs = self._sampler.draw(
            logits,
            [row.request.temperature for row in rows],
            [uniform(row.request.seed, len(row.tokens)) for row in rows],
        )
        for row, token, logprob in zip(rows, tokens, logprobs, strict=True):
            row.push(token, logprob)
        self.n_tokens += len(rows)

    def _finished(self, slots: Sequence[_Slot]) -> list[Completion]:
        completions = [slot.row.completion() for slot in slots if slot.row.finish is not None]
        self.n_finished += len(completions)
        return completions

    def _compact(self) -> None:
        """Move the last rows into the slots of those that ended."""
        slots = self._slots
        self._groups = None
        place = 0
        while place < len(slots):
            if slots[place].row.finish is None:
                place += 1
                continue
            last = slots.pop()
            if place < len(slots):
                if last.row.finish is None:
                    self._cache.move(len(slots), place, last.n_cached)
                slots[place] = last

    def _grouped(self) -> tuple[SlotGroup, ...]:
        if self._alone:
            return ()
        if self._groups is None:
            numbers: dict[int, list[int]] = {}
            for number, slot in enumerate(self._slots):
                numbers.setdefault(id(slot.prefix), []).append(number)
            self._groups = tuple(
                SlotGroup(prefix=self._slots[places[0]].prefix, slots=tuple(places))
                for places in numbers.values()
            )
        return self._groups


def _stack(logits: list[Any]) -> Any:
    """Return the rows as one tensor; rows of one prompt are not copied."""
    import torch

    if all(row is logits[0] for row in logits):
        return logits[0].expand(len(logits), -1)
    return torch.cat(logits)

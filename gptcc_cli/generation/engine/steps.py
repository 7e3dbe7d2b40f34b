"""What all layers of one step share: where rows are, what they see, how they are turned.

Arithmetic of places alone; knows no weights.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gptcc_cli.generation.engine.architecture import Architecture, Rotary
from gptcc_cli.generation.engine.cache import Prefix, SuffixCache, attended_length, hide


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotGroup:
    """Rows that share a prompt."""

    prefix: Prefix
    slots: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What all layers of one step share."""

    lengths: Any
    """(rows,): tokens each row had written before."""
    flat: Any
    """(rows * kv heads,): where the new keys go in a layer's suffixes, flattened."""
    spans: dict[int | None, tuple[int, int]]
    """By window: the tokens of the suffixes to look at."""
    groups: tuple[SlotGroup, ...]
    slots: tuple[Any, ...]
    """By group: its slots as a tensor."""
    masks: dict[int | None, Any]
    """By window: (rows, 1, 1, tokens), added to the products with suffixes."""
    prefix_masks: dict[int | None, tuple[tuple[int, Any], ...]]
    """By window, by group: the first prompt token any row sees, and the mask from there on."""
    rotation: Any


class Steps:
    """Prepares the steps of one model."""

    def __init__(
        self, shape: Architecture, rotary: Rotary | None, device: Any, *, hides: bool
    ) -> None:
        """Keep what never changes.

        Args:
            shape: of the model.
            rotary: its turns, if it has any.
            device: where tensors are made.
            hides: whether masks are wanted; compiled kernels count instead.
        """
        import torch

        self._torch = torch
        self._shape = shape
        self._rotary = rotary
        self._device = device
        self._hides = hides
        self._windows = tuple(dict.fromkeys(shape.windows))

    def prepare(
        self,
        x: Any,
        lengths: Sequence[int],
        positions: Any,
        groups: Sequence[SlotGroup],
        cache: SuffixCache,
    ) -> Step:
        """Return what the layers need for one token of every row.

        Args:
            x: the rows, embedded.
            lengths: by slot, how many tokens the cache holds of the row.
            positions: (rows,): the place of each row's token in its whole text.
            groups: the rows by prompt, or none for a single row with its prompt in its slot.
            cache: where suffixes lie.
        """
        torch, shape = self._torch, self._shape
        counts = torch.tensor(list(lengths), device=self._device)
        first = torch.arange(len(lengths) * shape.n_kv_heads, device=self._device) * cache.length
        spans = {window: self._span(lengths, window, cache, groups) for window in self._windows}
        hidden = self._windows if self._hides else ()
        return Step(
            lengths=counts,
            flat=first + counts.repeat_interleave(shape.n_kv_heads),
            spans=spans,
            groups=tuple(groups),
            slots=tuple(torch.tensor(group.slots, device=self._device) for group in groups),
            masks={
                w: self._suffix_mask(x, counts, spans[w][1], w) if groups else None for w in hidden
            },
            prefix_masks={
                w: tuple(
                    self._prefix_mask(
                        x, [lengths[slot] for slot in group.slots], len(group.prefix), w
                    )
                    for group in groups
                )
                for w in hidden
            },
            rotation=self._rotary.at(positions, x.dtype) if self._rotary else None,
        )

    def _span(
        self,
        lengths: Sequence[int],
        window: int | None,
        cache: SuffixCache,
        groups: Sequence[SlotGroup],
    ) -> tuple[int, int]:
        n_keys = max(lengths) + 1
        if groups:
            return 0, min(cache.length, attended_length(n_keys))
        return (0 if window is None else max(0, n_keys - window)), n_keys

    def _suffix_mask(self, x: Any, counts: Any, n_keys: int, window: int | None) -> Any:
        columns = self._torch.arange(n_keys, device=x.device)
        hidden = columns > counts[:, None]
        if window is not None and n_keys > window:
            hidden |= columns <= counts[:, None] - window
        return hide(hidden, x)[:, None, None, :]

    def _prefix_mask(
        self, x: Any, lengths: list[int], n_prefix: int, window: int | None
    ) -> tuple[int, Any]:
        """Return where a group's rows begin to see their prompt, and what hides more."""
        if window is None:
            return 0, None
        # A row whose suffix holds c tokens sees prompt tokens from n_prefix + c - window + 1 on.
        starts = [max(0, n_prefix + count - window + 1) for count in lengths]
        # Always one token, so that attention has something to look at, if only to ignore it.
        first = min(*starts, n_prefix - 1)
        if max(starts) == first:
            return first, None
        columns = self._torch.arange(first, n_prefix, device=x.device)
        hidden = columns < self._torch.tensor(starts, device=x.device)[:, None]
        mask = hide(hidden, x)
        share = self._shape.n_heads // self._shape.n_kv_heads
        return first, mask.repeat_interleave(share, 0)[None, None]

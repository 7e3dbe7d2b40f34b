"""A model's arithmetic: read a prompt once, then write one token for many rows at a time.

Covers the families of ``architecture``. Knows nothing of requests, text or sampling.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gptcc_cli.generation.engine.architecture import Architecture, Rotary, read_architecture
from gptcc_cli.generation.engine.cache import Prefix, SuffixCache, attend, merge
from gptcc_cli.generation.engine.compiled import compile_blocks
from gptcc_cli.generation.engine.steps import SlotGroup, Step, Steps
from gptcc_cli.generation.engine.weights import Layer, read_weights
from gptcc_cli.generation.native.kernels import Kernels, SharedPrompt, kernels_for


class Decoder:
    """A causal language model, for rows that share prompts."""

    def __init__(
        self, config: Mapping[str, Any], tensors: Callable[[], Mapping[str, Any]], device: str
    ) -> None:
        """Arrange a checkpoint's weights.

        Args:
            config: its ``config.json``.
            tensors: reads its tensors, by transformers' names; not called for a model that is
                refused by its configuration.
            device: where to compute.

        Raises:
            Unsupported: the model is not one of the families, with the reason.
        """
        import torch
        import torch.nn.functional as functional

        self._torch = torch
        self._functional = functional
        self.shape: Architecture = read_architecture(config)
        with torch.inference_mode():
            self._weights = read_weights(tensors(), self.shape, device)
            self._rotary = Rotary(self.shape.rotation, device) if self.shape.rotation else None
        self.device = self._weights.embedding.device
        self._kernels = kernels_for(self._weights.embedding)
        self.packs_prompts = self._kernels is not None and self._kernels.can_attend_to_prompts(
            self.shape.head_dim
        )
        self._blocks = (
            compile_blocks(self._kernels, self._weights, self.shape) if self._kernels else None
        )
        self._steps = Steps(self.shape, self._rotary, self.device, hides=not self.packs_prompts)

    def new_cache(self, capacity: int) -> SuffixCache:
        """Return an empty cache for so many rows."""
        return SuffixCache(
            n_layers=self.shape.n_layers,
            capacity=capacity,
            n_kv_heads=self.shape.n_kv_heads,
            head_dim=self.shape.head_dim,
            like=self._weights.embedding,
            zeroed=self._kernels is None,
        )

    def bytes_per_token(self) -> int:
        """Return what a token of one row takes in the cache."""
        shape = self.shape
        per_layer = 2 * shape.n_kv_heads * shape.head_dim
        return shape.n_layers * per_layer * int(self._weights.embedding.element_size())

    def read(self, ids: Sequence[int]) -> Prefix:
        """Read a prompt: at least one token."""
        keys: list[Any] = []
        values: list[Any] = []
        tokens = self._torch.tensor(list(ids), device=self.device)
        places = self._torch.arange(len(ids), device=self.device)
        x = self._embed(tokens, places)
        rotation = self._rotary.at(places, x.dtype) if self._rotary else None
        masks = {
            window: self._causal_mask(len(ids), window, x) for window in set(self.shape.windows)
        }
        for number, layer in enumerate(self._weights.layers):
            query, key, value = self._rotate(self._heads(layer, x), rotation)
            keys.append(key.transpose(0, 1).contiguous())
            values.append(value.transpose(0, 1).contiguous())
            attended = self._attend_prompt(
                query, keys[-1], values[-1], masks[self.shape.windows[number]], number
            )
            x = self._after_attention(layer, x, attended)
        return Prefix(
            ids=tuple(ids),
            keys=tuple(keys),
            values=tuple(values),
            logits=self._logits(x[-1:]),
            packed=self._pack_prompt(keys, values),
        )

    def _pack_prompt(
        self, keys: list[Any], values: list[Any]
    ) -> tuple[tuple[Any, Any], ...] | None:
        kernels = self._kernels
        if kernels is None or not self.packs_prompts:
            return None
        return tuple(kernels.pack_prompt(*both) for both in zip(keys, values, strict=True))

    def step(
        self,
        tokens: Sequence[int],
        lengths: Sequence[int],
        groups: Sequence[SlotGroup],
        cache: SuffixCache,
    ) -> Any:
        """Write one token for every row; return the logits of the next (rows, vocabulary).

        Args:
            tokens: by slot, the token just drawn.
            lengths: by slot, how many tokens the cache holds of the row.
            groups: the rows by prompt; each slot in one of them. None at all: a single row,
                whose slot holds its prompt too (``SuffixCache.put_prompt``).
            cache: grown already to hold one token more.
        """
        places = list(lengths)
        for group in groups:
            for slot in group.slots:
                places[slot] += len(group.prefix)
        ids, positions = self._torch.tensor([list(tokens), places], device=self.device)
        x = self._embed(ids, positions)
        step = self._steps.prepare(x, lengths, positions, groups, cache)
        if self._blocks is not None:
            self._blocks.write(
                x, step.lengths, step.rotation, cache.keys, cache.values, _shared(step)
            )
            return self._logits(x)
        for number, layer in enumerate(self._weights.layers):
            heads = self._heads(layer, x)
            if self._kernels is None:
                attended = self._write(number, heads, cache, step)
            else:
                attended = self._write_compiled(self._kernels, number, heads, cache, step)
            x = self._after_attention(layer, x, attended)
        return self._logits(x)

    def _write(self, number: int, heads: Any, cache: SuffixCache, step: Step) -> Any:
        """Keep keys and values, and attend; return (rows, heads * head_dim)."""
        query, key, value = self._rotate(heads, step.rotation)
        self._store(cache.keys, number, key, step)
        self._store(cache.values, number, value, step)
        return self._attend(number, query, cache, step)

    def _write_compiled(
        self, kernels: Kernels, number: int, heads: Any, cache: SuffixCache, step: Step
    ) -> Any:
        """Do the same with compiled kernels."""
        shape = self.shape
        keys, values = cache.keys[number], cache.values[number]
        kernels.rope_and_store_kv(heads, shape.n_heads, step.rotation, keys, values, step.lengths)
        return kernels.attend(
            heads,
            shape.n_heads,
            keys,
            values,
            step.lengths,
            shape.windows[number],
            shape.scales[number],
            self._attend_prompts_compiled(kernels, number, heads, step) if step.groups else None,
        )

    def _attend_prompts_compiled(
        self, kernels: Kernels, number: int, heads: Any, step: Step
    ) -> tuple[Any, Any]:
        shape = self.shape
        if step.groups[0].prefix.packed is None:
            query = heads[:, : shape.n_heads].unflatten(1, (-1, shape.n_kv_heads))
            return self._attend_prompts(number, query, step)
        window, scale = shape.windows[number], shape.scales[number]
        prompts = _shared(step)
        return kernels.attend_prompts(
            heads, shape.n_heads, prompts, number, step.lengths, window, scale
        )

    def _embed(self, ids: Any, positions: Any) -> Any:
        x = self._functional.embedding(ids, self._weights.embedding)
        if self._weights.positions is not None:
            x = x + self._functional.embedding(positions, self._weights.positions)
        return x

    def _norm(self, x: Any, norm: tuple[Any, Any]) -> Any:
        weight, bias = norm
        if self.shape.rms and self._kernels is not None:
            return self._kernels.rms_norm(x, weight, self.shape.norm_eps)
        if self.shape.rms:
            return self._functional.rms_norm(x, x.shape[-1:], weight, self.shape.norm_eps)
        return self._functional.layer_norm(x, x.shape[-1:], weight, bias, self.shape.norm_eps)

    def _heads(self, layer: Layer, x: Any) -> Any:
        """Return queries, keys and values (rows, heads + 2 * kv heads, head_dim)."""
        shape = self.shape
        heads = layer.attention_in(self._norm(x, layer.first_norm))
        heads = heads.view(len(x), -1, shape.head_dim)
        if layer.head_norm is not None:
            rotated = heads[:, : shape.n_heads + shape.n_kv_heads]
            normed = self._functional.rms_norm(rotated, (shape.head_dim,), None, shape.norm_eps)
            rotated.copy_(normed * layer.head_norm)
        return heads

    def _rotate(self, heads: Any, rotation: Any) -> tuple[Any, Any, Any]:
        """Return queries (rows, heads, head_dim), keys and values (rows, kv heads, head_dim)."""
        shape = self.shape
        n_rotated = shape.n_heads + shape.n_kv_heads
        rotated, value = heads[:, :n_rotated], heads[:, n_rotated:]
        if rotation is not None:
            cosines, sines = rotation
            rolled = rotated.roll(shape.head_dim // 2, -1)
            rotated = self._torch.addcmul(rotated * cosines, rolled, sines)
        return rotated[:, : shape.n_heads], rotated[:, shape.n_heads :], value

    def _after_attention(self, layer: Layer, x: Any, attended: Any) -> Any:
        """Finish a block: everything after attention."""
        x = layer.attention_out.plus(attended, x)
        h = self._norm(x, layer.second_norm)
        if layer.gate is None:
            return layer.down.plus(layer.up.activated(h), x)
        return layer.down.plus(layer.up.times(h, layer.gate.activated(h)), x)

    def _logits(self, x: Any) -> Any:
        return self._weights.head(self._norm(x, self._weights.final_norm))

    def _attend_prompt(self, query: Any, key: Any, value: Any, mask: Any, number: int) -> Any:
        shape = self.shape
        share = shape.n_heads // shape.n_kv_heads
        attended = self._functional.scaled_dot_product_attention(
            query.transpose(0, 1)[None],
            key.repeat(share, 1, 1)[None],
            value.repeat(share, 1, 1)[None],
            attn_mask=mask,
            is_causal=mask is None,
            scale=shape.scales[number],
        )
        return attended[0].transpose(0, 1).reshape(len(query), -1)

    def _causal_mask(self, length: int, window: int | None, like: Any) -> Any:
        """Return a mask for a prompt, or ``None`` where plain causality is all there is."""
        if window is None or window >= length:
            return None
        ones = self._torch.ones(length, length, dtype=self._torch.bool, device=like.device)
        return ones.tril() & ones.triu(1 - window)

    def _store(self, tensors: list[Any], number: int, new: Any, step: Step) -> None:
        flat = tensors[number].view(-1, self.shape.head_dim)
        flat.index_copy_(0, step.flat, new.reshape(-1, self.shape.head_dim))

    def _attend(self, number: int, query: Any, cache: SuffixCache, step: Step) -> Any:
        """Attend to suffixes and prompts; return (rows, heads * head_dim)."""
        shape, rows = self.shape, len(query)
        window, scale = shape.windows[number], shape.scales[number]
        # Heads are dealt round-robin: (rows, turns, kv heads, head_dim).
        query = query.reshape(rows, -1, shape.n_kv_heads, shape.head_dim)
        first, last = step.spans[window]
        suffix = attend(
            query.transpose(1, 2),
            cache.keys[number][:rows, :, first:last],
            cache.values[number][:rows, :, first:last],
            step.masks[window],
            scale,
        )
        if not step.groups:
            return suffix[0].transpose(1, 2).reshape(rows, -1)
        prefix = self._attend_prompts(number, query, step)
        return merge(prefix, suffix).transpose(1, 2).reshape(rows, -1)

    def _attend_prompts(self, number: int, query: Any, step: Step) -> tuple[Any, Any]:
        """Attend to each row's prompt: (rows, kv heads, turns, head_dim), and without the last."""
        if len(step.groups) == 1:
            return self._attend_prefix(number, 0, query, step)
        found = self._torch.empty_like(query.transpose(1, 2))
        log_sums = query.new_empty(found.shape[:-1], dtype=self._torch.float32)
        for which, index in enumerate(step.slots):
            attended, log_sum = self._attend_prefix(number, which, query[index], step)
            found[index], log_sums[index] = attended, log_sum
        return found, log_sums

    def _attend_prefix(self, number: int, which: int, query: Any, step: Step) -> tuple[Any, Any]:
        """Attend to a group's prompt, all its rows as one matrix a key head."""
        shape, rows = self.shape, len(query)
        prefix = step.groups[which].prefix
        first, mask = step.prefix_masks[shape.windows[number]][which]
        attended, log_sum = attend(
            query.flatten(0, 1).transpose(0, 1)[None],
            prefix.keys[number][None, :, first:],
            prefix.values[number][None, :, first:],
            mask,
            shape.scales[number],
        )
        attended = attended[0].unflatten(1, (rows, -1)).transpose(0, 1)
        return attended, log_sum[0].unflatten(1, (rows, -1)).transpose(0, 1)


def _shared(step: Step) -> list[SharedPrompt]:
    return [
        SharedPrompt(length=len(group.prefix), packed=group.prefix.packed, slots=slots)
        for group, slots in zip(step.groups, step.slots, strict=True)
        if group.prefix.packed is not None
    ]

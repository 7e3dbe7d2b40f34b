"""Logits -> the next token of each row, with random numbers that belong to the row alone.

Covers temperature, top-k, top-p and the draw. The random number of a candidate's token is a
function of (candidate's seed, position): it does not know the batch, the step of the engine or
what was drawn for others. Does not run models.
"""

from collections.abc import Sequence
from typing import Any

from gptcc_cli.generation.native.kernels import kernels_for

_MASK = (1 << 64) - 1
_FIRST = 64
"""Logits sorted at first: top-p of a language model rarely needs more, and sorting a
vocabulary of 50,000 costs more than the model's own last layer."""
_BLOCK = 64
"""The greatest k of a row lie in the k blocks with the greatest maxima: finding them so takes
half the time of ``topk`` on the row."""
_LAST = 1 << 62
_CHUNK = 4
"""Rows looked at together on a CPU: their logits stay in its cache from one pass to the next."""


def uniform(seed: int, position: int) -> float:
    """Return the random number in [0, 1) for one token of one candidate.

    SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), addressed by position: its state is a
    counter, so the n-th number needs none before it.
    """
    z = (seed + (position + 1) * 0x9E3779B97F4A7C15) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return ((z ^ (z >> 31)) >> 11) * 2.0**-53


class RowSampler:
    """Draws one token a row; rows may differ in temperature, never in top-k and top-p."""

    def __init__(self, *, top_k: int, top_p: float) -> None:
        """Keep the two cuts; ``top_k=0`` keeps all tokens, ``top_p=1`` keeps their tail."""
        import torch

        self._torch = torch
        self._top_k = top_k
        self._top_p = top_p
        self._space: Any = None

    def draw(
        self, logits: Any, temperatures: Sequence[float], uniforms: Sequence[float]
    ) -> tuple[list[int], list[float]]:
        """Draw a token for each row by inverting the cumulative distribution.

        Temperature first, then top-k, then top-p among what is left (the order of
        transformers' ``generate``). A row at temperature 0 takes its greatest logit.

        Args:
            logits: (rows, vocabulary), any floating dtype.
            temperatures: one a row; at least 0.
            uniforms: one a row, in [0, 1).

        Returns:
            The tokens, and their natural log-probabilities at temperature 1 over the whole
            vocabulary.
        """
        torch = self._torch
        temperature = torch.tensor([t or 1.0 for t in temperatures], device=logits.device)[:, None]
        draws = torch.tensor(uniforms, dtype=torch.float64, device=logits.device)[:, None]
        top, ids, normaliser, total = self._normalise(logits, temperature)
        tokens = self._invert(top, ids, temperature, draws, total=total)
        if total is not None:
            self._finish_long_tails(tokens, logits, top, temperature, draws, total)
        if 0 in temperatures:
            cold = torch.tensor([t == 0 for t in temperatures], device=logits.device)
            tokens = torch.where(cold, _first_largest(top, ids), tokens)
        chosen = logits.gather(-1, tokens[:, None])[:, 0].float()
        return tokens.tolist(), (chosen - normaliser).tolist()

    def _normalise(self, logits: Any, temperature: Any) -> tuple[Any, Any, Any, Any]:
        """Return ``_top_k_of``, and the normaliser at this temperature unless top-k cuts."""
        kernels = kernels_for(logits)
        if kernels is not None:
            k = min(self._top_k or _FIRST, logits.shape[1])
            top, ids, normaliser, total = kernels.top_k(logits, temperature[:, 0], k)
            return top, ids, normaliser, None if self._top_k else total[:, None]
        top, ids, normaliser = self._top_k_of(logits)
        total = None if self._top_k else (logits.float() / temperature).logsumexp(-1, keepdim=True)
        return top, ids, normaliser, total

    def _top_k_of(self, logits: Any) -> tuple[Any, Any, Any]:
        """Return the greatest logits (rows, k), falling, their tokens, and the normaliser."""
        torch = self._torch
        rows, vocabulary = logits.shape
        k = min(self._top_k or _FIRST, vocabulary)
        n_blocks = -(-vocabulary // _BLOCK)
        if n_blocks < 2 * k:
            logits = logits.float()
            top, ids = logits.topk(k, -1)
            return top, ids, logits.logsumexp(-1)
        chunk = _CHUNK if logits.device.type == "cpu" else rows
        if self._space is None or self._space.shape != (chunk, n_blocks * _BLOCK):
            self._space = logits.new_empty((chunk, n_blocks * _BLOCK), dtype=torch.float32)
        parts = [self._greatest_by_block(part, k) for part in logits.split(chunk)]
        top, ids, normaliser = (torch.cat(kind) for kind in zip(*parts, strict=True))
        return top, ids, normaliser

    def _greatest_by_block(self, logits: Any, k: int) -> tuple[Any, Any, Any]:
        rows, vocabulary = logits.shape
        space = self._space[:rows]
        space[:, :vocabulary] = logits
        space[:, vocabulary:] = -self._torch.inf
        blocks = space.view(rows, -1, _BLOCK)
        _, which = blocks.amax(-1).topk(k, -1, sorted=False)
        pool = blocks.gather(1, which[..., None].expand(-1, -1, _BLOCK)).view(rows, -1)
        top, places = pool.topk(k, -1)
        ids = which.gather(1, places // _BLOCK) * _BLOCK + places % _BLOCK
        largest = top[:, :1]
        sums = space.sub_(largest).exp_().sum(-1)
        return top, ids, largest[:, 0] + sums.log()

    def _invert(self, top: Any, ids: Any, temperature: Any, draws: Any, *, total: Any) -> Any:
        """Draw from descending logits ``top`` (rows, k); ``total`` normalises, if not their own."""
        scaled = (top / temperature).double()
        if total is None:
            total = scaled.logsumexp(-1, keepdim=True)
        shares = (scaled - total).exp()
        ends = shares.cumsum(-1)
        kept = ((ends - shares) < self._top_p).sum(-1, keepdim=True)
        mass = ends.gather(-1, kept - 1)
        place = (ends <= draws * mass).sum(-1, keepdim=True).clamp_(max=top.shape[-1] - 1)
        return ids.gather(-1, self._torch.minimum(place, kept - 1))[:, 0]

    def _finish_long_tails(
        self, tokens: Any, logits: Any, top: Any, temperature: Any, draws: Any, total: Any
    ) -> None:
        """Redraw the rows whose first tokens don't hold ``top_p``, with everything sorted."""
        if top.shape[-1] == logits.shape[-1]:
            return
        held = ((top / temperature).double() - total.double()).exp().sum(-1)
        (long,) = (held < self._top_p).nonzero(as_tuple=True)
        if len(long):
            all_sorted, ids = logits[long].float().sort(-1, descending=True)
            tokens[long] = self._invert(
                all_sorted, ids, temperature[long], draws[long], total=total[long].double()
            )


def _first_largest(top: Any, ids: Any) -> Any:
    """Return the greatest logit's token; the first of equals, as ``argmax`` has it."""
    ties = top == top[:, :1]
    return ids.masked_fill(~ties, _LAST).amin(-1)

"""Logits -> the next token of each row, with random numbers that belong to the row alone.

Covers temperature, top-k, top-p and the draw. The random number of a candidate's token is a
function of (candidate's seed, position): it does not know the batch, the step of the engine or
what was drawn for others. Does not run models.
"""

from collections.abc import Sequence
from typing import Any

_MASK = (1 << 64) - 1
_FIRST = 64
"""Logits sorted at first: top-p of a language model rarely needs more, and sorting a
vocabulary of 50,000 costs more than the model's own last layer."""


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
        logits = logits.float()
        vocabulary = logits.shape[-1]
        normaliser = logits.logsumexp(-1)
        k = min(self._top_k or _FIRST, vocabulary)
        top, ids = logits.topk(k, -1)
        heat = torch.tensor([t or 1.0 for t in temperatures], device=logits.device)[:, None]
        draws = torch.tensor(uniforms, dtype=torch.float64, device=logits.device)[:, None]
        if self._top_k:
            tokens = self._invert(top, ids, heat, draws, total=None)
        else:
            total = (logits / heat).logsumexp(-1, keepdim=True)
            tokens = self._invert(top, ids, heat, draws, total=total)
            self._finish_long_tails(tokens, logits, top, heat, draws, total)
        if 0 in temperatures:
            cold = torch.tensor([t == 0 for t in temperatures], device=logits.device)
            tokens = torch.where(cold, logits.argmax(-1), tokens)
        chosen = logits.gather(-1, tokens[:, None])[:, 0]
        return tokens.tolist(), (chosen - normaliser).tolist()

    def _invert(self, top: Any, ids: Any, heat: Any, draws: Any, *, total: Any) -> Any:
        """Draw from descending logits ``top`` (rows, k); ``total`` normalises, if not their own."""
        scaled = (top / heat).double()
        if total is None:
            total = scaled.logsumexp(-1, keepdim=True)
        shares = (scaled - total).exp()
        ends = shares.cumsum(-1)
        kept = ((ends - shares) < self._top_p).sum(-1, keepdim=True)
        mass = ends.gather(-1, kept - 1)
        place = (ends <= draws * mass).sum(-1, keepdim=True).clamp_(max=top.shape[-1] - 1)
        return ids.gather(-1, self._torch.minimum(place, kept - 1))[:, 0]

    def _finish_long_tails(
        self, tokens: Any, logits: Any, top: Any, heat: Any, draws: Any, total: Any
    ) -> None:
        """Redraw the rows whose first tokens don't hold ``top_p``, with everything sorted."""
        if top.shape[-1] == logits.shape[-1]:
            return
        held = ((top / heat).double() - total.double()).exp().sum(-1)
        (long,) = (held < self._top_p).nonzero(as_tuple=True)
        if len(long):
            all_sorted, ids = logits[long].sort(-1, descending=True)
            tokens[long] = self._invert(
                all_sorted, ids, heat[long], draws[long], total=total[long].double()
            )

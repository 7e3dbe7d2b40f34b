"""Any causal language model, by transformers' own ``generate``.

The engine for models that gptcc's own does not know. Drawing, stop strings and cancelling are
ours, hooked into ``generate``, so that a candidate's seed means the same as elsewhere. The
prompt is computed again for each candidate and a finished row stays in its batch: that is
what the other engine is for.
"""

import itertools
from collections.abc import Iterable, Iterator
from threading import Event
from typing import Any

from gptcc_cli.generation.completion import Completion, GeneratorStatus, Request, Sampling, Watcher
from gptcc_cli.generation.sampling import RowSampler, uniform
from gptcc_cli.generation.stopping import Row, encode_prompt, room_for
from gptcc_cli.models import LoadedModel

_BATCH = 16


class TransformersGenerator:
    """Writes completions with ``model.generate``."""

    def __init__(self, loaded: LoadedModel, *, why: str = "it was asked for") -> None:
        """Take a loaded model.

        Args:
            loaded: the model; it is used as it is.
            why: the reason this engine runs, for people.
        """
        self._loaded = loaded
        self._why = why

    @property
    def name(self) -> str:
        """The model and how it runs."""
        return self._loaded.description

    @property
    def notes(self) -> tuple[str, ...]:
        """Which engine runs, and why."""
        return (f"transformers' generate writes: {self._why}",)

    def generate(
        self,
        requests: Iterable[Request],
        sampling: Sampling,
        *,
        cancel: Event | None = None,
        watch: Watcher | None = None,
    ) -> Iterator[Completion]:
        """Yield completions batch by batch; those of a batch come together.

        Raises:
            ModelError: a prompt leaves no room in the model's window, or one candidate alone
                needs more memory than there is.
        """
        run = _TransformersRun(self._loaded, sampling, cancel or Event(), watch)
        source = iter(requests)
        while not run.cancel.is_set():
            batch = list(itertools.islice(source, sampling.batch_size or _BATCH))
            if not batch:
                return
            batch.sort(key=lambda request: request.prompt.text)
            for _, group in itertools.groupby(batch, key=lambda request: request.prompt):
                yield from run.write(list(group))


class _TransformersRun:
    """One call of ``generate``: what its batches share."""

    def __init__(
        self, loaded: LoadedModel, sampling: Sampling, cancel: Event, watch: Watcher | None
    ) -> None:
        self.cancel = cancel
        self._loaded = loaded
        self._sampling = sampling
        self._sampler = RowSampler(top_k=sampling.top_k, top_p=sampling.top_p)
        self._watch = watch
        self._n_tokens = 0
        self._n_finished = 0

    def write(self, requests: list[Request]) -> Iterator[Completion]:
        """Yield the completions of requests that share a prompt."""
        import torch

        if self.cancel.is_set():
            requests = []
        ids = encode_prompt(self._loaded.tokenizer, requests[0].prompt) if requests else []
        rows = [self._row(request, ids) for request in requests]
        if not rows:
            return
        model = self._loaded.model
        with torch.inference_mode():
            inputs = torch.tensor([ids] * len(rows), device=model.device)
            model.generate(
                input_ids=inputs,
                attention_mask=torch.ones_like(inputs),
                generation_config=self._config(n_prompt_tokens=len(ids)),
                logits_processor=[lambda _, scores: self._draw(rows, scores)],
                stopping_criteria=[lambda tokens, _: self._stopped(rows, tokens)],
            )
        self._n_finished += len(rows)
        for row in rows:
            yield row.completion()

    def _row(self, request: Request, ids: list[int]) -> Row:
        loaded = self._loaded
        return Row(
            request,
            ids,
            loaded.tokenizer,
            end_tokens=loaded.end_tokens,
            max_new_tokens=room_for(len(ids), loaded.context_length, self._sampling.max_new_tokens),
        )

    def _config(self, *, n_prompt_tokens: int) -> Any:
        from transformers import GenerationConfig

        end = sorted(self._loaded.end_tokens)
        return GenerationConfig(
            do_sample=False,
            max_new_tokens=room_for(
                n_prompt_tokens, self._loaded.context_length, self._sampling.max_new_tokens
            ),
            eos_token_id=end or None,
            pad_token_id=end[0] if end else 0,
        )

    def _draw(self, rows: list[Row], scores: Any) -> Any:
        """Draw for every row, and leave ``generate`` nothing but that to choose."""
        import torch

        temperatures = [row.request.temperature for row in rows]
        uniforms = [uniform(row.request.seed, len(row.tokens)) for row in rows]
        tokens, logprobs = self._sampler.draw(scores, temperatures, uniforms)
        for row, token, logprob in zip(rows, tokens, logprobs, strict=True):
            if row.finish is None:
                row.push(token, logprob)
                self._n_tokens += 1
        chosen = torch.full_like(scores, -torch.inf)
        return chosen.scatter_(-1, torch.tensor(tokens, device=scores.device)[:, None], 0.0)

    def _stopped(self, rows: list[Row], tokens: Any) -> Any:
        import torch

        going = [row for row in rows if row.finish is None]
        if self._watch is not None:
            self._watch(self._status(rows, going))
        if self.cancel.is_set():
            going = []
        return torch.tensor([row not in going for row in rows], device=tokens.device)

    def _status(self, rows: list[Row], going: list[Row]) -> GeneratorStatus:
        n_finished = self._n_finished + len(rows) - len(going)
        return GeneratorStatus.of(going, n_tokens=self._n_tokens, n_finished=n_finished)

"""The engine as a ``Generator``: requests in, completions out.

Covers drawing requests when there is room, cancelling, progress, and going on with half the
rows when memory ends. The rows themselves are ``batch``, the arithmetic is ``decoder``.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from threading import Event
from typing import Any, TypeVar

from gptcc_cli.errors import ModelError
from gptcc_cli.generation.completion import Completion, GeneratorStatus, Request, Sampling, Watcher
from gptcc_cli.generation.engine.architecture import Unsupported
from gptcc_cli.generation.engine.batch import Batch
from gptcc_cli.generation.engine.decoder import Decoder
from gptcc_cli.generation.engine.linear import eight_bit_tensors
from gptcc_cli.generation.native.kernels import why_no_kernels
from gptcc_cli.models import LoadedModel, Quantize
from gptcc_cli.models.devices import free_bytes

_BATCH = {"cpu": 32, "cuda": 128}
_T = TypeVar("_T")


class LocalEngine:
    """Writes completions with gptcc's own arithmetic."""

    def __init__(self, loaded: LoadedModel) -> None:
        """Arrange the model's weights.

        Raises:
            Unsupported: this model needs transformers' ``generate``, with the reason.
        """
        if loaded.device == "cpu" and loaded.dtype == "float16":
            raise Unsupported("a CPU computes in float16 as transformers does or not at all")
        self._loaded = loaded
        self._decoder = Decoder(loaded.config, _tensors_of(loaded), loaded.device)

    @property
    def name(self) -> str:
        """The model and how it runs."""
        return self._loaded.description

    @property
    def notes(self) -> tuple[str, ...]:
        """Which engine runs, and why."""
        kind = self._loaded.config["model_type"]
        eight_bit = self._loaded.quantize is Quantize.EIGHT_BIT
        how = ", with weights in 8 bits" if eight_bit else ""
        return (f"gptcc's own engine writes{how}: it knows {kind}", *self._kernel_notes())

    def _kernel_notes(self) -> tuple[str, ...]:
        if (self._loaded.device, self._loaded.dtype) != ("cpu", "bfloat16"):
            return ()
        why_not = why_no_kernels()
        if why_not is None:
            return ("it computes with kernels compiled on this machine",)
        return (f"it computes with torch's operators, without kernels of its own: {why_not}",)

    def generate(
        self,
        requests: Iterable[Request],
        sampling: Sampling,
        *,
        cancel: Event | None = None,
        watch: Watcher | None = None,
    ) -> Iterator[Completion]:
        """Yield each completion when it ends.

        Raises:
            ModelError: a prompt leaves no room in the model's window, or one candidate alone
                needs more memory than there is.
        """
        capacity = sampling.batch_size or self._suggest_capacity(sampling)
        batch = Batch(self._decoder, self._loaded, sampling, capacity)
        return _EngineRun(batch, iter(requests), cancel or Event(), watch).completions()

    def _suggest_capacity(self, sampling: Sampling) -> int:
        """Return how many rows to write at once: half of free memory for all they may write."""
        wanted = min(sampling.n, _BATCH.get(self._decoder.device.type, _BATCH["cpu"]))
        free = free_bytes(self._loaded.device)
        if free is None:
            return wanted
        row = self._decoder.bytes_per_token() * sampling.max_new_tokens
        return max(1, min(wanted, free // 2 // row))


class _EngineRun:
    """One call of ``generate``."""

    def __init__(
        self,
        batch: Batch,
        source: Iterator[Request],
        cancel: Event,
        watch: Watcher | None,
    ) -> None:
        import torch

        self._inference_mode = torch.inference_mode
        self._batch = batch
        self._source = source
        self._queue: deque[Request] = deque()
        self._cancel = cancel
        self._watch = watch

    def completions(self) -> Iterator[Completion]:
        while not self._cancel.is_set():
            entrants = self._draw_requests()
            if entrants:
                yield from self._within_memory(partial(self._batch.enter, entrants), entrants)
            elif not len(self._batch):
                return
            if len(self._batch):
                yield from self._within_memory(self._batch.step, [])
            self._show(None)
        yield from self._batch.abandon()

    def _draw_requests(self) -> list[Request]:
        """Return as many requests as there is room for."""
        drawn: list[Request] = []
        while len(self._batch) + len(drawn) < self._batch.capacity:
            request = self._queue.popleft() if self._queue else next(self._source, None)
            if request is None:
                break
            drawn.append(request)
        return drawn

    def _within_memory(
        self, work: Callable[[], list[Completion]], entrants: list[Request]
    ) -> list[Completion]:
        """Do the work; where memory ends, halve the batch, say so, and leave it for later."""
        try:
            # Around the work alone: the mode is the thread's, and a generator that is paused
            # must not leave it to whoever called.
            with self._inference_mode():
                return work()
        except (MemoryError, RuntimeError) as error:
            if not _is_out_of_memory(error):
                raise
            n_rows = len(self._batch) + len(entrants)
            if n_rows <= 1:
                raise ModelError(
                    "memory ran out with a single candidate being written",
                    hint="use a smaller model, --quantize 8bit, or fewer new tokens",
                ) from error
        capacity = n_rows // 2
        self._queue.extendleft(reversed(entrants))
        with self._inference_mode():
            self._queue.extendleft(reversed(self._batch.shrink(capacity)))
        self._show(f"memory ran out with {n_rows} candidates at once: going on with {capacity}")
        return []

    def _show(self, note: str | None) -> None:
        if self._watch is None:
            return
        batch = self._batch
        self._watch(
            GeneratorStatus.of(
                batch.rows, n_tokens=batch.n_tokens, n_finished=batch.n_finished, note=note
            )
        )


def _tensors_of(loaded: LoadedModel) -> Callable[[], Mapping[str, Any]]:
    """Return what reads the model's tensors.

    Raises:
        Unsupported: only transformers knows how to compute with them.
    """
    if loaded.weights is not None:
        return loaded.weights
    if loaded.quantize is not Quantize.NONE and loaded.found.adapter is not None:
        raise Unsupported(f"an adapter lies over its {loaded.quantize.value} weights")
    if loaded.quantize is Quantize.EIGHT_BIT and loaded.device == "cpu":
        return lambda: eight_bit_tensors(loaded.model)
    how = "code of its own" if loaded.quantize is Quantize.NONE else loaded.quantize.value
    raise Unsupported(f"its weights are {how} on {loaded.device}")


_NO_MEMORY = (
    "can't allocate memory",
    "not enough memory",
    # oneDNN has no other words for it, and the shapes asked of it are all possible ones.
    "could not create a primitive",
)


def _is_out_of_memory(error: Any) -> bool:
    """Tell a lack of memory from a bug: torch's CPU allocator raises a plain RuntimeError."""
    import torch

    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return any(words in str(error) for words in _NO_MEMORY)

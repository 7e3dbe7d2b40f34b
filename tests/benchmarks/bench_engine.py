"""gptcc's engine against transformers' ``generate``, in interleaved rounds of one run.

    python -m tests.benchmarks.bench_engine gpt-neo bfloat16 --n 1 32

A prompt of 300 tokens, 128 new tokens, N candidates of the same prompt; the same dtype, the
same cuts (temperature 0.8, top-k 64, top-p 0.95), no end token. ``gpt-neo`` is the configuration
of GPT-Neo-125M with random weights, ``embedded`` the embedded model. Beside the ratios stand
this machine's bounds: what it reads from memory, and the model's matrix products alone, as the
engine does them and as oneDNN does; each as a share of the engine's processor time.
Ratios hold between machines better than figures, and rounds better than single runs. On a
machine that does other work, the ratio of processor seconds (all threads) says more than that
of the clock.
"""

import argparse
import gc
import os
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gptcc_cli.generation import Sampling, plan
from gptcc_cli.generation.engine import LocalEngine
from gptcc_cli.models import FoundModel, LoadedModel, ModelSpec, Quantize, find, load
from gptcc_cli.models.torch_runtime import start_torch
from gptcc_cli.prompting import Prompt, PromptTemplate

N_PROMPT = 300
N_NEW = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Seconds for the whole run, and for its first tokens alone."""

    whole_s: float
    first_s: float
    cpu_s: float
    """Processor seconds of all threads for the whole run."""

    @property
    def decode_s(self) -> float:
        """Seconds for the tokens after the first."""
        return self.whole_s - self.first_s


def main() -> None:
    """Measure and print a table in Markdown."""
    arguments = _arguments()
    policy = start_torch()
    loaded = (
        _gpt_neo(arguments.dtype) if arguments.model == "gpt-neo" else _embedded(arguments.dtype)
    )
    ids = _prompt_ids(loaded)
    engine = LocalEngine(loaded)
    print(
        f"{arguments.model}, {arguments.dtype}, {N_PROMPT} + {N_NEW} tokens, {_threads()} threads, "
        f"{_waiting(policy)}"
    )
    print(f"reads {_bandwidth():.1f} GB/s; load {os.getloadavg()[0]:.1f}\n")
    print(
        "| N | transformers tokens/s | gptcc tokens/s | ratio (range) | of CPU time "
        "| decode alone | GEMM's share | oneDNN's |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for n in arguments.n:
        _row(loaded, engine, ids, n, arguments.rounds)
    print(f"\nload at the end {os.getloadavg()[0]:.1f}")


def _row(loaded: LoadedModel, engine: LocalEngine, ids: list[int], n: int, rounds: int) -> None:
    _ours(engine, loaded, ids, n, 4)
    _theirs(loaded, ids, n, 2)
    pairs = []
    for _ in range(rounds):
        theirs = _times(lambda new: _theirs(loaded, ids, n, new))
        ours = _times(lambda new: _ours(engine, loaded, ids, n, new))
        pairs.append((theirs, ours))
    ratios = sorted(theirs.whole_s / ours.whole_s for theirs, ours in pairs)
    decode = statistics.median(theirs.decode_s / ours.decode_s for theirs, ours in pairs)
    cpu = statistics.median(theirs.cpu_s / ours.cpu_s for theirs, ours in pairs)
    theirs_s = statistics.median(theirs.whole_s for theirs, _ in pairs)
    ours_s = statistics.median(ours.whole_s for _, ours in pairs)
    ours_cpu_s = statistics.median(ours.cpu_s for _, ours in pairs)
    ours_gemm_s = _gemm(engine, n, onednn=False) * N_NEW
    onednn_s = _gemm(engine, n, onednn=True) * N_NEW
    print(
        f"| {n} | {n * N_NEW / theirs_s:.0f} | {n * N_NEW / ours_s:.0f} "
        f"| {statistics.median(ratios):.1f}x ({ratios[0]:.1f} to {ratios[-1]:.1f}) "
        f"| {cpu:.1f}x | {decode:.1f}x "
        f"| {ours_gemm_s / ours_cpu_s:.2f} | {onednn_s / ours_cpu_s:.2f} |",
        flush=True,
    )


def _times(work: Callable[[int], None]) -> Times:
    gc.collect()
    start = time.perf_counter()
    work(1)
    middle, cpu = time.perf_counter(), time.process_time()
    work(N_NEW)
    whole_s = time.perf_counter() - middle
    return Times(whole_s=whole_s, first_s=middle - start, cpu_s=time.process_time() - cpu)


def _theirs(loaded: LoadedModel, ids: list[int], n: int, n_new: int) -> None:
    import torch

    inputs = torch.tensor([ids])
    with torch.inference_mode():
        out = loaded.model.generate(
            inputs,
            attention_mask=torch.ones_like(inputs),
            do_sample=True,
            temperature=0.8,
            top_k=64,
            top_p=0.95,
            num_return_sequences=n,
            max_new_tokens=n_new,
            min_new_tokens=n_new,
            pad_token_id=0,
        )
    assert out.shape == (n, N_PROMPT + n_new)


def _ours(engine: LocalEngine, loaded: LoadedModel, ids: list[int], n: int, n_new: int) -> None:
    template = PromptTemplate(name="bare", sha256="", stop_strings=("\nQUESTION:",), chat=True)
    prompt = Prompt(text=loaded.tokenizer.decode(ids), template=template, n_tokens=N_PROMPT)
    sampling = Sampling(n=n, temperatures=(0.8,), max_new_tokens=n_new, batch_size=n)
    completions = list(engine.generate(plan([prompt], sampling, "bench"), sampling))
    assert sum(completion.n_tokens for completion in completions) == n * n_new


def _gemm(engine: LocalEngine, n: int, *, onednn: bool) -> float:
    """Processor seconds for all of a step's matrix products, and nothing else.

    Args:
        engine: whose products.
        n: rows.
        onednn: by oneDNN with matrices of the same shapes, and not as the engine does them.
    """
    import torch

    products = _products(engine)
    with torch.inference_mode():
        if onednn:
            products = [
                (_packed(product, depth, _dtype(engine)), depth) for product, depth in products
            ]
        inputs = {depth: torch.ones(n, depth, dtype=_dtype(engine)) for _, depth in products}
        times = []
        for _ in range(10):
            start = time.process_time()
            for product, depth in products:
                product(inputs[depth])
            times.append(time.process_time() - start)
    return statistics.median(times)


def _products(engine: LocalEngine) -> list[tuple[Any, int]]:
    """All matrices of a step, each with how many numbers it takes."""
    weights, shape = engine._decoder._weights, engine._decoder.shape
    hidden, attended = weights.embedding.shape[1], shape.n_heads * shape.head_dim
    products = []
    for layer in weights.layers:
        inner = layer.up(weights.embedding.new_ones(1, hidden)).shape[1]
        products += [(layer.attention_in, hidden), (layer.attention_out, attended)]
        products += [(layer.gate, hidden)] if layer.gate is not None else []
        products += [(layer.up, hidden), (layer.down, inner)]
    return [*products, (weights.head, hidden)]


def _packed(product: Any, depth: int, dtype: Any) -> Any:
    import torch

    width = product(torch.ones(1, depth, dtype=dtype)).shape[1]
    weight = torch.ops.mkldnn._reorder_linear_weight(torch.randn(width, depth).to(dtype), 32)
    return lambda x: torch.ops.mkldnn._linear_pointwise(x, weight, None, "none", [], "")


def _dtype(engine: LocalEngine) -> Any:
    return engine._decoder._weights.embedding.dtype


def _bandwidth() -> float:
    """Gigabytes a second read by all threads from an array larger than any cache here."""
    import torch

    array = torch.zeros(1 << 28)
    array.sum()
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        array.sum()
        best = min(best, time.perf_counter() - start)
    return array.nbytes / best / 1e9


def _prompt_ids(loaded: LoadedModel) -> list[int]:
    """Words that decode and encode to the same tokens."""
    ids = loaded.tokenizer.encode(" print the sum of all numbers from 1 to n" * 60)[:N_PROMPT]
    assert loaded.tokenizer.encode(loaded.tokenizer.decode(ids)) == ids
    return ids


def _embedded(dtype: str) -> LoadedModel:
    from dataclasses import replace

    loaded = load(find(ModelSpec(name="embedded", dtype=dtype, device="cpu")))
    return replace(loaded, end_tokens=frozenset())


def _gpt_neo(dtype: str) -> LoadedModel:
    import torch
    from transformers import AutoModelForCausalLM, GPTNeoConfig

    config = GPTNeoConfig(
        hidden_size=768,
        num_layers=12,
        num_heads=12,
        intermediate_size=3072,
        attention_types=[[["global", "local"], 6]],
    )
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager")
    model = model.to(getattr(torch, dtype)).eval()
    return LoadedModel(
        found=FoundModel(
            name="gpt-neo-125M (random)", path=Path(), commit=None, spec=ModelSpec(name="random")
        ),
        tokenizer=load(find(ModelSpec(name="embedded"))).tokenizer,
        config=config.to_dict(),
        device="cpu",
        dtype=dtype,
        quantize=Quantize.NONE,
        context_length=2048,
        end_tokens=frozenset(),
        weights=model.state_dict,
        build=lambda: model,
    )


def _waiting(policy: Mapping[str, str]) -> str:
    """What both sides' threads do at a barrier: they share the process."""
    names = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")
    settings = os.environ | policy
    return ", ".join(f"{name}={settings[name]}" for name in names if name in settings)


def _threads() -> int:
    import torch

    return int(torch.get_num_threads())


def _arguments() -> Any:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model", choices=("gpt-neo", "embedded"))
    parser.add_argument("dtype", choices=("bfloat16", "float32"))
    parser.add_argument("--n", type=int, nargs="+", default=[1, 32])
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()

"""The compiled kernels against the same arithmetic in float64."""

import shutil
import subprocess
import sys

import pytest
import torch

from gptcc_cli.generation import Sampling, sampling
from gptcc_cli.generation.engine import LocalEngine, linear
from gptcc_cli.generation.engine import decoder as decoder_module
from gptcc_cli.generation.native import kernels
from gptcc_cli.generation.native.kernels import NoKernels, SharedPrompt, build, kernels_for
from gptcc_cli.generation.native.kernels import why_no_kernels as why
from gptcc_cli.generation.sampling import RowSampler, uniform
from tests.generation.tiny import prompt_of, request_of, tiny_loaded

_ROUNDING = 2**-8
"""Half of the distance between neighbours in bfloat16, and some room."""


def _random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)).bfloat16()


def _near(got, expected):
    return bool(((got.double() - expected).abs() <= _ROUNDING * expected.abs().clamp(min=1)).all())


@pytest.mark.parametrize("rows", [1, 5, 16, 17, 32, 33, 100])
@pytest.mark.parametrize(("width", "depth"), [(96, 64), (1, 32), (50, 96), (257, 32)])
@torch.inference_mode()
def test_products_are_those_of_float64(tiles, rows, width, depth):
    x, weight, bias = _random(rows, depth), _random(width, depth, seed=1), _random(width, seed=2)
    packed = tiles.pack(weight)
    exact = x.double() @ weight.double().t()

    assert _near(tiles.product(x, packed, None, width), exact)
    assert _near(tiles.product(x, packed, bias, width), exact + bias.double())


@pytest.mark.parametrize("activation", ["silu", "gelu_tanh", "gelu", "relu"])
@torch.inference_mode()
def test_what_follows_a_product_is_done(tiles, activation):
    x, weight, other = _random(9, 64), _random(40, 64, seed=1), _random(9, 40, seed=2)
    tiled = linear.pack(weight, None, activation=activation)
    exact = x.double() @ weight.double().t()

    assert type(tiled).__name__ == "TiledLinear"
    assert _near(tiled.plus(x, other), exact + other.double())
    assert _near(tiled.times(x, other), exact * other.double())
    # The error function is applied to what was rounded once already.
    expected = linear.activation_of(activation)(exact)
    assert torch.allclose(tiled.activated(x).double(), expected, rtol=0.02, atol=0.02)


@torch.inference_mode()
def test_a_norm_is_that_of_float64(native):
    x, weight = _random(7, 576) * 30, _random(576, seed=1)
    exact = x.double() * (x.double().square().mean(-1, keepdim=True) + 1e-5).rsqrt()

    assert _near(native.rms_norm(x, weight, 1e-5), exact * weight.double())


def _slots(rows, n_keys, width, lengths):
    room = max(lengths) + 9
    return _random(rows, n_keys, room, width, seed=5), _random(rows, n_keys, room, width, seed=6)


@pytest.mark.parametrize("turned", [True, False])
@torch.inference_mode()
def test_heads_are_turned_and_kept(native, turned):
    rows, n_queries, n_keys, width, lengths = 6, 6, 2, 16, [0, 3, 40, 7, 1, 2]
    heads = _random(rows, n_queries + 2 * n_keys, width)
    keys, values = _slots(rows, n_keys, width, lengths)
    old = keys.clone()
    rotation = (_random(rows, 1, width, seed=3), _random(rows, 1, width, seed=4))
    expected = heads.double()
    if turned:
        part = expected[:, : n_queries + n_keys]
        expected[:, : n_queries + n_keys] = (
            part * rotation[0].double() + part.roll(width // 2, -1) * rotation[1].double()
        )

    places = torch.tensor(lengths)
    native.rope_and_store_kv(heads, n_queries, rotation if turned else None, keys, values, places)

    assert _near(heads, expected)
    for row, place in enumerate(lengths):
        assert torch.equal(keys[row, :, place], heads[row, n_queries : n_queries + n_keys])
        assert torch.equal(values[row, :, place], heads[row, n_queries + n_keys :])
        assert torch.equal(keys[row, :, place + 1 :], old[row, :, place + 1 :])
        assert torch.equal(keys[row, :, :place], old[row, :, :place])


@pytest.mark.parametrize("prefix", [0, 33])
@pytest.mark.parametrize("window", [None, 20])
@pytest.mark.parametrize(("turns", "n_keys", "width"), [(1, 4, 64), (3, 3, 64), (2, 2, 16)])
@torch.inference_mode()
def test_attention_is_that_of_float64(native, turns, n_keys, width, window, prefix):
    rows, lengths, scale = 4, [0, 19, 130, 257], width**-0.5
    heads = _random(rows, turns * n_keys + 2 * n_keys, width) * 3
    keys, values = _slots(rows, n_keys, width, lengths)
    # Queries are dealt round-robin: (rows, turns, kv heads, width).
    query = heads[:, : turns * n_keys].view(rows, turns, n_keys, width).transpose(1, 2).double()
    prompt = _random(2, n_keys, prefix, width, seed=7).double()
    first = query @ prompt[0].transpose(-1, -2) * scale
    found = (first.softmax(-1) @ prompt[1]).bfloat16(), first.logsumexp(-1).float()

    out = native.attend(
        heads, turns * n_keys, keys, values, torch.tensor(lengths), window, scale,
        found if prefix else None,
    )  # fmt: skip

    for row, length in enumerate(lengths):
        start = max(0, length + 1 - window) if window else 0
        mine = torch.cat((prompt[0], keys[row, :, start : length + 1].double()), 1)
        theirs = torch.cat((prompt[1], values[row, :, start : length + 1].double()), 1)
        shares = (query[row] @ mine.transpose(-1, -2) * scale).softmax(-1)
        expected = (shares @ theirs).transpose(0, 1).flatten()
        assert torch.allclose(out[row].double(), expected, rtol=_ROUNDING, atol=0.02)


@pytest.mark.parametrize("window", [None, 40])
@pytest.mark.parametrize(("turns", "n_keys", "width"), [(1, 4, 64), (3, 3, 64), (2, 2, 32)])
@torch.inference_mode()
def test_attention_to_prompts_is_that_of_float64(tiles, turns, n_keys, width, window):
    """Two prompts; with a window the first rows see a part of theirs, the last nothing."""
    lengths, rows, scale = torch.tensor([0, 7, 20, 39, 40, 300] * 4), 24, width**-0.5
    heads = _random(rows, turns * n_keys + 2 * n_keys, width) * 2
    query = heads[:, : turns * n_keys].view(rows, turns, n_keys, width).transpose(1, 2).double()
    members = (torch.arange(0, 17), torch.arange(17, 24))
    prompts = [(_random(2, n_keys, size, width, seed=size), size) for size in (45, 96)]

    found, log_sums = tiles.attend_prompts(
        heads,
        turns * n_keys,
        [
            SharedPrompt(length=size, packed=[tiles.pack_prompt(*prompt)], slots=slots)
            for (prompt, size), slots in zip(prompts, members, strict=True)
        ],
        0,
        lengths,
        window,
        scale,
    )

    for (prompt, size), slots in zip(prompts, members, strict=True):
        for row in slots.tolist():
            start = max(0, size + int(lengths[row]) + 1 - window) if window else 0
            keys, values = prompt[:, :, start:].double()
            products = query[row] @ keys.transpose(-1, -2) * scale
            if start >= size:
                assert found[row].eq(0).all() and (log_sums[row] < -1e29).all()
                continue
            assert torch.allclose(log_sums[row].double(), products.logsumexp(-1), atol=1e-4)
            expected = products.softmax(-1) @ values
            assert torch.allclose(found[row].double(), expected, rtol=_ROUNDING, atol=0.02)


@pytest.mark.parametrize(("vocabulary", "k"), [(10_001, 64), (257, 64), (40, 40), (640, 1)])
@torch.inference_mode()
def test_what_drawing_needs_is_found(native, vocabulary, k):
    logits = _random(11, vocabulary) * 4
    heats = torch.linspace(0.2, 2.0, 11)

    top, ids, cold, hot = native.top_k(logits, heats, k)

    assert torch.equal(top, logits.float().topk(k, -1).values)
    assert torch.equal(logits.float().gather(-1, ids), top)
    assert all(len(set(row)) == k for row in ids.tolist())
    assert torch.allclose(cold, logits.float().logsumexp(-1), rtol=2e-6)
    assert torch.allclose(hot, (logits.float() / heats[:, None]).logsumexp(-1), rtol=2e-6)


@torch.inference_mode()
def test_the_first_of_equal_logits_comes_first_and_rows_may_be_one(native):
    logits = torch.zeros(1, 10_001, dtype=torch.bfloat16)
    logits[0, [700, 7_000]] = 2.0

    _, ids, _, _ = native.top_k(logits.expand(3, -1), torch.ones(3), 4)

    assert ids.tolist() == [[700, 7_000, 0, 1]] * 3


@pytest.mark.parametrize("top_k", [0, 64])
@torch.inference_mode()
def test_the_same_tokens_are_drawn_without_kernels(native, top_k, monkeypatch):
    """Peaked rows and flat ones, whose tail is drawn with everything sorted."""
    logits = _random(40, 5_000) * torch.linspace(0, 9, 40)[:, None].bfloat16()
    heats, draws = [0.5, 1.0] * 20, [uniform(seed, 0) for seed in range(40)]
    sampler = RowSampler(top_k=top_k, top_p=0.95)

    tokens, logprobs = sampler.draw(logits, heats, draws)
    monkeypatch.setattr(sampling, "kernels_for", lambda _: None)
    expected, theirs = sampler.draw(logits, heats, draws)

    # Equal logits may come in another order.
    def drawn(choice):
        return logits.gather(1, torch.tensor(choice)[:, None])[:, 0].tolist()

    assert drawn(tokens) == drawn(expected)
    assert logprobs == pytest.approx(theirs, abs=1e-4)


@torch.inference_mode()
def test_a_row_is_the_same_to_the_last_bit_beside_any_others(tiles):
    """What a candidate is promised: its text does not depend on its batch."""
    x, weight, norm = _random(33, 64), _random(96, 64, seed=1), _random(64, seed=2)
    packed, lengths = tiles.pack(weight), torch.arange(33) * 7
    keys, values = _slots(33, 1, 32, lengths.tolist())
    heads = _random(33, 4, 32, seed=3)
    prompt = tiles.pack_prompt(_random(1, 50, 32, seed=4), _random(1, 50, 32, seed=5))

    def results(rows):
        mine, places = heads[rows], lengths[rows]
        everyone = torch.arange(len(mine))
        prompts = [SharedPrompt(length=50, packed=[prompt], slots=everyone)]
        found = tiles.attend_prompts(mine, 2, prompts, 0, places, None, 0.25)
        attended = tiles.attend(mine, 2, keys[rows], values[rows], places, None, 0.25, found)
        return (
            tiles.product(x[rows], packed, None, 96),
            tiles.rms_norm(x[rows], norm, 1e-5),
            attended,
        )

    together = results(slice(None))
    for row in (0, 15, 16, 31, 32):
        for whole, alone in zip(together, results(slice(row, row + 1)), strict=True):
            assert torch.equal(whole[row], alone[0])


@pytest.mark.parametrize("family", ["gpt_neo", "qwen3", "mistral"])
def test_text_is_nearly_that_of_torchs_operators(native, family, monkeypatch):
    """Both round to bfloat16 at nearly the same places; greedy text shows it."""
    loaded = tiny_loaded(family, "bfloat16")
    requests = [request_of(prompt_of(text)) for text in ("def add(", "QUESTION: ", "1 2 3")]

    def texts():
        return [c.mean_logprob for c in LocalEngine(loaded).generate(requests, Sampling())]

    compiled = texts()
    for module in (linear, decoder_module):
        monkeypatch.setattr(module, "kernels_for", lambda _: None)

    assert compiled == pytest.approx(texts(), rel=0.25)


@pytest.mark.parametrize("family", ["wide_gpt_neo", "wide_mistral"])
def test_a_candidate_is_the_same_in_every_batch_in_bfloat16(tiles, family):
    engine = LocalEngine(tiny_loaded(family, "bfloat16"))
    requests = [request_of(prompt_of(text), n, 0.9) for n, text in enumerate(["x = ", "def f"] * 9)]

    def texts(batch_size):
        settings = Sampling(max_new_tokens=90, batch_size=batch_size)
        return sorted(
            (c.index, c.text, c.mean_logprob) for c in engine.generate(requests, settings)
        )

    alone = texts(1)
    assert texts(5) == alone
    assert texts(18) == alone


def test_kernels_are_compiled_once(tmp_path, monkeypatch):
    monkeypatch.setenv("GPTCC_CACHE", str(tmp_path))
    if why() is not None:
        pytest.skip(f"no kernels on this machine: {why()}")

    first = build()
    stat = first.stat()

    assert build() == first
    assert first.stat().st_mtime_ns == stat.st_mtime_ns
    assert [path.name for path in first.parent.iterdir()] == [first.name]


def test_a_machine_without_a_compiler_is_told_so(tmp_path, monkeypatch):
    monkeypatch.setenv("GPTCC_CACHE", str(tmp_path))

    with pytest.raises(NoKernels, match="no C compiler 'no-such-cc'"):
        build("no-such-cc")


def test_a_compiler_that_fails_is_told_with_its_words(tmp_path, monkeypatch):
    monkeypatch.setenv("GPTCC_CACHE", str(tmp_path / "cache"))
    broken = tmp_path / "cc"
    broken.write_text("#!/bin/sh\necho 'x.c:1: error: it is Monday' >&2\nexit 1\n")
    broken.chmod(0o755)

    with pytest.raises(NoKernels, match="it is Monday"):
        build(str(broken))
    assert list((tmp_path / "cache" / "kernels").iterdir()) == []


def test_an_openmp_that_others_loaded_is_not_minded(native, tmp_path):
    library = kernels._openmp_of(kernels._library_of_torch())
    shutil.copy(library, tmp_path / "another-openmp.so")
    program = (
        "import ctypes, sys, torch\n"
        "ctypes.CDLL(sys.argv[1])\n"
        "from gptcc_cli.generation.native.kernels import why_no_kernels\n"
        "print(why_no_kernels())"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "another-openmp.so")]

    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert done.stdout == "None\n"


def test_kernels_on_threads_that_are_not_torchs_are_refused(native, monkeypatch):
    files = iter(["/usr/lib/libomp.so", "/torch/libgomp.so"])
    monkeypatch.setattr(kernels, "_openmp_of", lambda library: next(files))

    with pytest.raises(NoKernels, match="torch's are those of /torch"):
        kernels.Kernels(build())


def test_kernels_can_be_switched_off(monkeypatch):
    monkeypatch.setenv("GPTCC_KERNELS", "0")
    kernels._open.cache_clear()
    try:
        assert kernels_for(torch.empty(0, dtype=torch.bfloat16)) is None
        assert why() == "GPTCC_KERNELS is 0"
        loaded = tiny_loaded("gpt2", "bfloat16")
        assert any("GPTCC_KERNELS is 0" in note for note in LocalEngine(loaded).notes)
    finally:
        kernels._open.cache_clear()


def test_float32_stays_exact_without_them():
    assert kernels_for(torch.empty(0)) is None
    assert len(LocalEngine(tiny_loaded("gpt2")).notes) == 1

"""The engine's arithmetic is transformers', for every family it knows; see ``exact``."""

from dataclasses import replace

import pytest
import torch

from gptcc_cli.generation.engine import Unsupported, linear
from gptcc_cli.generation.engine import decoder as decoder_module
from gptcc_cli.generation.engine.architecture import (
    Rotary,
    Rotation,
    read_architecture,
    read_rotation,
)
from gptcc_cli.generation.engine.cache import attend_unfused
from gptcc_cli.generation.engine.decoder import Decoder
from gptcc_cli.generation.engine.steps import SlotGroup
from tests.generation.exact import distance, exact
from tests.generation.tiny import tiny_loaded

WIDE = ["wide_gpt_neo", "wide_mistral", "wide_qwen3"]
"""With heads of 32 numbers, which compiled kernels attend to prompts with."""
FAMILIES = ["gpt_neo", "gpt2", "llama", "llama3", "smollm", "qwen2", "qwen3", "mistral"]


def _decoder(loaded):
    return Decoder(loaded.config, loaded.weights, "cpu")


def _ids(n, seed=0):
    return torch.randint(0, 256, (n,), generator=torch.Generator().manual_seed(seed)).tolist()


def _expected(model, ids):
    """Logits after every token, by transformers."""
    return model(torch.tensor([ids])).logits[0].float()


def _distance(got, expected):
    """The largest difference, in units of the largest logit."""
    return float((got.float() - expected).abs().max() / expected.abs().max())


def _alone(decoder, prompt, suffix):
    """Logits of a single row after each token of the suffix."""
    cache = decoder.new_cache(1)
    cache.put_prompt(decoder.read(prompt))
    for place, token in enumerate(suffix):
        cache.grow(len(prompt) + place + 1)
        yield decoder.step([token], [len(prompt) + place], [], cache)[0]


def _write(decoder, prompts, suffixes):
    """Feed rows of given suffixes; yield logits of all rows after each token."""
    prefixes = {tuple(ids): decoder.read(ids) for ids in set(map(tuple, prompts))}
    groups = [
        SlotGroup(
            prefix=prefix,
            slots=tuple(slot for slot, ids in enumerate(prompts) if tuple(ids) == key),
        )
        for key, prefix in prefixes.items()
    ]
    cache = decoder.new_cache(len(prompts))
    for place in range(len(suffixes[0])):
        cache.grow(place + 1)
        tokens = [suffix[place] for suffix in suffixes]
        yield decoder.step(tokens, [place] * len(prompts), groups, cache)


@pytest.mark.parametrize("family", FAMILIES)
@torch.inference_mode()
def test_logits_are_those_of_transformers(family):
    """Beyond the local window (64 tokens), in the prompt and across its end."""
    loaded = tiny_loaded(family)
    decoder = _decoder(loaded)
    prompts = [_ids(100), _ids(100), _ids(7, seed=1)]
    suffixes = [_ids(90, seed=seed) for seed in (2, 3, 4)]

    read = decoder.read(prompts[0]).logits
    ours = torch.stack(list(_write(decoder, prompts, suffixes)), 1)

    for row, (prompt, suffix) in enumerate(zip(prompts, suffixes, strict=True)):
        truth, allowed = exact(family).logits(prompt + suffix)
        assert distance(_expected(loaded.model, prompt + suffix), truth) < allowed
        assert distance(ours[row], truth[len(prompt) :]) < allowed
        if prompt == prompts[0]:
            assert distance(read, truth[len(prompt) - 1 : len(prompt)]) < allowed


@pytest.mark.parametrize("family", FAMILIES)
@torch.inference_mode()
def test_a_row_that_is_alone_has_the_same_logits(family):
    """Its slot holds its prompt, and no attentions are merged."""
    prompt, suffix = _ids(50), _ids(60, seed=2)
    truth, allowed = exact(family).logits(prompt + suffix)

    ours = torch.stack(list(_alone(_decoder(tiny_loaded(family)), prompt, suffix)))

    assert distance(ours, truth[50:]) < allowed


@pytest.mark.parametrize("family", FAMILIES + WIDE)
@pytest.mark.parametrize("how", ["tiles", "rows", "torch"])
@torch.inference_mode()
def test_bfloat16_logits_are_near_those_of_float32(family, how, monkeypatch, request):
    """Two prompts, in and beyond the windows; with compiled kernels and with torch alone."""
    if how == "tiles":
        request.getfixturevalue("tiles")
    elif how == "rows":
        monkeypatch.setattr(request.getfixturevalue("native"), "has_tiles", False)
    else:
        for module in (linear, decoder_module):
            monkeypatch.setattr(module, "kernels_for", lambda _: None)
    in_float32 = tiny_loaded(family).model
    loaded = tiny_loaded(family, "bfloat16")
    decoder, prompts = _decoder(loaded), [_ids(100), _ids(100), _ids(33, seed=1)]
    suffixes = [_ids(80, seed=seed) for seed in (2, 3, 4)]
    texts = [(p + s, slice(len(p), None)) for p, s in zip(prompts, suffixes, strict=True)]
    expected = torch.stack([_expected(in_float32, ids)[new] for ids, new in texts])
    theirs = torch.stack([_expected(loaded.model, ids)[new] for ids, new in texts])

    ours = torch.stack(list(_write(decoder, prompts, suffixes)), 1)

    assert _distance(ours, expected) < 1.5 * _distance(theirs, expected) + 0.01


@pytest.mark.parametrize(
    ("family", "whole"),
    [("wide_gpt_neo", True), ("wide_mistral", True), ("wide_qwen3", False), ("llama", False)],
)
def test_blocks_the_kernels_know_go_through_in_one_call(tiles, family, whole):
    """Qwen3 norms its heads, and the tiny Llama's are too narrow: they go piece by piece."""
    assert (_decoder(tiny_loaded(family, "bfloat16"))._blocks is not None) is whole


@pytest.mark.parametrize(
    ("family", "mistake"),
    [
        ("gpt_neo", {"windows": (None, 65, None, 65)}),
        ("mistral", {"windows": (63, 63, 63)}),
        ("gpt2", {"activation": "gelu"}),
        ("llama", {"norm_eps": 1e-5}),
        ("qwen3", {"rotation": Rotation(theta=10_010.0, head_dim=16)}),
    ],
)
@torch.inference_mode()
def test_a_small_mistake_is_more_than_rounding_explains(family, mistake, monkeypatch):
    right = read_architecture
    monkeypatch.setattr(
        decoder_module, "read_architecture", lambda config: replace(right(config), **mistake)
    )
    prompt, suffix = _ids(50), _ids(60, seed=2)
    truth, allowed = exact(family).logits(prompt + suffix)

    wrong = torch.stack(list(_alone(_decoder(tiny_loaded(family)), prompt, suffix)))

    assert distance(wrong, truth[50:]) > 2 * allowed


def test_an_unknown_architecture_is_refused_with_its_name():
    with pytest.raises(Unsupported, match="opt"):
        read_architecture(tiny_loaded("opt").config)


def test_a_model_with_a_weight_of_its_own_is_refused():
    loaded = tiny_loaded("llama")
    loaded.model.model.extra = torch.nn.Linear(2, 2)

    with pytest.raises(Unsupported, match="extra"):
        _decoder(loaded)


def test_a_model_that_lacks_its_head_is_refused():
    loaded = tiny_loaded("llama")
    tensors = {k: v for k, v in loaded.weights().items() if not k.startswith("lm_head")}

    with pytest.raises(Unsupported, match="lm_head"):
        Decoder(loaded.config, lambda: tensors, "cpu")


@pytest.mark.parametrize(
    "change",
    [
        {"rope_parameters": {"rope_type": "dynamic", "factor": 2.0}},
        {"rope_parameters": {"rope_type": "default", "partial_rotary_factor": 0.5}},
        {"hidden_act": "mish"},
    ],
)
def test_what_the_engine_does_not_understand_is_refused(change):
    with pytest.raises(Unsupported):
        read_architecture(tiny_loaded("llama").config | change)


@pytest.mark.parametrize(
    "parameters",
    [
        {"rope_type": "default", "rope_theta": 5e5},
        {"rope_type": "linear", "rope_theta": 1e4, "factor": 4.0},
        {
            "rope_type": "llama3",
            "rope_theta": 5e5,
            "factor": 8.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 8192,
        },
    ],
)
def test_turns_are_those_of_transformers(parameters):
    from transformers import LlamaConfig
    from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

    config = LlamaConfig(head_dim=64, rope_parameters=parameters, max_position_embeddings=8192)
    places = torch.tensor([0, 1, 77, 8191])
    cosines, sines = LlamaRotaryEmbedding(config)(torch.zeros(1), places[None])
    rotation = read_rotation(config.to_dict(), 64)

    ours = Rotary(rotation, "cpu").at(places, torch.float32)

    assert torch.allclose(ours[0][:, 0], cosines[0], atol=1e-6)
    assert torch.allclose(ours[1][:, 0].abs(), sines[0].abs(), atol=1e-6)


def test_the_old_way_to_write_rotary_settings_means_the_same():
    old = {"rope_theta": 5e5, "rope_scaling": {"type": "linear", "factor": 2.0}}
    new = {"rope_parameters": {"rope_type": "linear", "factor": 2.0, "rope_theta": 5e5}}

    assert read_rotation(old, 64) == read_rotation(new, 64)
    assert read_rotation({"rope_scaling": None}, 64) == Rotation(theta=1e4, head_dim=64)


@pytest.mark.parametrize("family", ["gpt_neo", "qwen3", "mistral"])
@torch.inference_mode()
def test_what_other_devices_run_computes_the_same(family, monkeypatch):
    """Plain products and plain attention, which a GPU runs; here on the CPU."""
    prompt, suffix = _ids(100), _ids(80, seed=2)
    truth, allowed = exact(family).logits(prompt + suffix)
    monkeypatch.setattr(linear, "_can_pack", lambda _: False)
    monkeypatch.setattr(decoder_module, "attend", attend_unfused)

    ours = torch.cat(list(_write(_decoder(tiny_loaded(family)), [prompt], [suffix])))

    assert distance(ours, truth[100:]) < allowed

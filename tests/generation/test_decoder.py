"""The engine's arithmetic is transformers', for every family it knows."""

import pytest
import torch

from gptcc_cli.generation.engine import Unsupported
from gptcc_cli.generation.engine.architecture import read_architecture
from gptcc_cli.generation.engine.decoder import Decoder, Group
from tests.generation.tiny import tiny_loaded

FAMILIES = ["gpt_neo", "gpt2", "llama", "llama3", "smollm", "qwen2", "qwen3", "mistral"]


def _ids(n, seed=0):
    return torch.randint(0, 256, (n,), generator=torch.Generator().manual_seed(seed)).tolist()


def _expected(model, ids):
    """Logits after every token, by transformers."""
    return model(torch.tensor([ids])).logits[0].float()


def _distance(got, expected):
    """Greatest difference, in units of the greatest logit."""
    return float((got.float() - expected).abs().max() / expected.abs().max())


def _write(decoder, prompts, suffixes):
    """Feed rows of given suffixes; yield logits of all rows after each token."""
    prefixes = {tuple(ids): decoder.read(ids) for ids in set(map(tuple, prompts))}
    groups = [
        Group(
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
    model = tiny_loaded(family).model
    decoder = Decoder(model)
    prompts = [_ids(100), _ids(100), _ids(7, seed=1)]
    suffixes = [_ids(90, seed=seed) for seed in (2, 3, 4)]
    expected = [_expected(model, p + s) for p, s in zip(prompts, suffixes, strict=True)]

    assert _distance(decoder.read(prompts[0]).logits[0], expected[0][99]) < 1e-5
    for place, logits in enumerate(_write(decoder, prompts, suffixes)):
        for row, prompt in enumerate(prompts):
            assert _distance(logits[row], expected[row][len(prompt) + place]) < 1e-5


@pytest.mark.parametrize("family", FAMILIES)
@torch.inference_mode()
def test_bfloat16_logits_are_near_those_of_float32(family):
    exact = tiny_loaded(family).model
    rounded = tiny_loaded(family, "bfloat16").model
    decoder = Decoder(rounded)
    prompt, suffix = _ids(100), _ids(20, seed=2)
    expected = _expected(exact, prompt + suffix)[100:]
    theirs = _distance(_expected(rounded, prompt + suffix)[100:], expected)

    ours = _distance(torch.cat(list(_write(decoder, [prompt], [suffix]))), expected)

    assert ours < 1.5 * theirs + 0.01


@torch.inference_mode()
def test_the_equality_of_logits_can_fail():
    model = tiny_loaded("gpt_neo").model
    decoder = Decoder(model)
    prompt = _ids(100)
    wrong = _expected(model, [(prompt[0] + 1) % 256, *prompt[1:]])[-1]

    assert _distance(decoder.read(prompt).logits[0], wrong) > 1e-4


def test_an_unknown_architecture_is_refused_with_its_name():
    with pytest.raises(Unsupported, match="OPTForCausalLM"):
        read_architecture(tiny_loaded("opt").model)


def test_a_model_with_a_weight_of_its_own_is_refused():
    model = tiny_loaded("llama").model
    model.model.extra = torch.nn.Linear(2, 2)

    with pytest.raises(Unsupported, match="extra"):
        Decoder(model)


def test_positions_that_change_with_the_length_of_the_text_are_refused():
    model = tiny_loaded("llama").model
    model.model.rotary_emb.rope_type = "dynamic"

    with pytest.raises(Unsupported, match="dynamic"):
        read_architecture(model)

"""From files on disk to greedy text: the engine writes what transformers writes."""

import subprocess
import sys
from dataclasses import replace

import pytest
import torch

from gptcc_cli.generation import Sampling, TransformersGenerator, open_generator
from gptcc_cli.generation.engine import LocalEngine
from gptcc_cli.generation.engine.decoder import Decoder
from gptcc_cli.generation.engine.steps import SlotGroup
from gptcc_cli.models import ModelSpec, find, load
from tests.generation.tiny import prompt_of, request_of, tiny_loaded
from tests.tiny_models import FAMILIES, build_tiny_model

PROMPT = "def solve():\n    n = int(input())\n" * 10


@pytest.fixture(scope="module", params=FAMILIES)
def directory(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / request.param
    return build_tiny_model(path, request.param)


def _load(path):
    return load(find(ModelSpec(name=str(path), dtype="float32", device="cpu")))


def test_greedy_text_of_200_tokens_is_that_of_transformers(directory):
    loaded = _load(directory)
    ids = torch.tensor([loaded.tokenizer.encode(PROMPT)])
    out = loaded.model.generate(
        ids,
        attention_mask=torch.ones_like(ids),
        do_sample=False,
        max_new_tokens=200,
        eos_token_id=None,
        pad_token_id=0,
    )
    expected = loaded.tokenizer.decode(out[0, ids.shape[1] :].tolist())
    generator = open_generator(_unending(loaded))

    (completion,) = generator.generate(
        [request_of(prompt_of(PROMPT))], Sampling(max_new_tokens=200)
    )

    assert isinstance(generator, LocalEngine)
    assert completion.n_tokens == 200
    assert completion.text == expected


def test_a_model_that_the_engine_does_not_know_is_written_by_transformers():
    generator = open_generator(tiny_loaded("opt"))

    assert isinstance(generator, TransformersGenerator)
    assert "opt" in generator.notes[0]


def test_the_engine_needs_no_transformers(tmp_path):
    path = build_tiny_model(tmp_path / "m", "llama")
    program = f"""
import sys
from dataclasses import replace
from gptcc_cli.generation import Sampling, open_generator
from gptcc_cli.models import ModelSpec, find, load
from tests.generation.tiny import prompt_of, request_of
loaded = load(find(ModelSpec(name={str(path)!r})))
list(open_generator(loaded).generate([request_of(prompt_of("a"))], Sampling(max_new_tokens=2)))
print("transformers" in sys.modules)
"""
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert out.stdout.strip() == b"False"


def _unending(loaded):
    return replace(loaded, end_tokens=frozenset())


@pytest.mark.model
@pytest.mark.slow
def test_the_embedded_model_writes_as_by_transformers():
    """200 greedy tokens: transformers, reading them at once, would have chosen each of them."""
    loaded = load(find(ModelSpec(name="embedded", dtype="float32", device="cpu")))
    question = [{"role": "user", "content": "Write a program that prints the sum of n numbers."}]
    ids = loaded.tokenizer.encode(loaded.tokenizer.render_chat(question))
    decoder = Decoder(loaded.config, loaded.weights, "cpu")
    written, logits = [], []
    with torch.inference_mode():
        prefix = decoder.read(ids)
        cache = decoder.new_cache(1)
        group = SlotGroup(prefix=prefix, slots=(0,))
        logits.append(prefix.logits[0])
        for place in range(200):
            written.append(int(logits[-1].argmax()))
            cache.grow(place + 1)
            logits.append(decoder.step(written[-1:], [place], [group], cache)[0])
        theirs = loaded.model(torch.tensor([ids + written])).logits[0, len(ids) - 1 :]

    distance = (torch.stack(logits) - theirs).abs().amax(-1) / theirs.abs().amax(-1)
    assert float(distance.max()) < 1e-5
    assert theirs[:-1].argmax(-1).tolist() == written

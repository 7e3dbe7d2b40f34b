"""What every local engine promises; each property runs on each engine."""

from threading import Event

import pytest
import torch

from gptcc_cli.errors import ModelError
from gptcc_cli.generation import Finish, Sampling, TransformersGenerator, plan
from gptcc_cli.generation.engine import LocalEngine
from tests.generation.tiny import WINDOW, prompt_of, request_of, tiny_loaded

PROMPT = prompt_of("QUESTION:\nAdd two numbers.\nANSWER:\n")


@pytest.fixture(scope="module", params=["gpt_neo", "smollm"])
def loaded(request):
    return tiny_loaded(request.param)


@pytest.fixture(scope="module", params=[LocalEngine, TransformersGenerator])
def generator(request, loaded):
    return request.param(loaded)


def _write(generator, requests, **settings):
    completions = list(generator.generate(requests, Sampling(**settings)))
    return sorted(completions, key=lambda completion: completion.index)


def _reference(loaded, prompt, n):
    """Greedy text by transformers alone."""
    ids = torch.tensor([loaded.tokenizer.encode(prompt.text)])
    out = loaded.model.generate(
        ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=n, pad_token_id=0
    )[0, ids.shape[1] :].tolist()
    return out, loaded.tokenizer.decode(out, skip_special_tokens=True)


def test_greedy_text_is_that_of_transformers(generator, loaded):
    tokens, text = _reference(loaded, PROMPT, 120)

    (completion,) = _write(generator, [request_of(PROMPT)], max_new_tokens=120)

    assert (completion.text, completion.n_tokens) == (text, len(tokens))
    assert completion.mean_logprob < 0


def test_a_candidate_does_not_depend_on_its_batch(generator):
    settings = Sampling(n=9, temperatures=(0.6, 1.0), max_new_tokens=30, seed=3)
    requests = list(plan([PROMPT, prompt_of("x = ")], settings, "p"))

    alone = [_write(generator, [request], max_new_tokens=30, n=2)[0].text for request in requests]
    for batch_size in (1, 2, 5, 64):
        together = _write(generator, requests, max_new_tokens=30, batch_size=batch_size)
        assert [completion.text for completion in together] == alone
    assert len(set(alone)) == len(alone)


def test_each_request_is_answered_once(generator):
    requests = list(plan([PROMPT], Sampling(n=256, seed=1), "p"))

    completions = _write(generator, requests, max_new_tokens=3)

    assert [completion.index for completion in completions] == list(range(256))
    assert [completion.seed for completion in completions] == [r.seed for r in requests]


def test_one_new_token(generator, loaded):
    _, text = _reference(loaded, PROMPT, 1)

    (completion,) = _write(generator, [request_of(PROMPT)], max_new_tokens=1)

    assert completion.text == text
    assert (completion.n_tokens, completion.finish) == (1, Finish.LENGTH)


def test_a_stop_string_that_spans_tokens_ends_the_text_before_it(generator, loaded):
    _, text = _reference(loaded, PROMPT, 60)
    stop = text[20:27]
    cut = text.index(stop)

    (completion,) = _write(
        generator, [request_of(prompt_of(PROMPT.text, "never", stop))], max_new_tokens=60
    )

    assert completion.text == text[:cut]
    assert completion.finish is Finish.STOP
    assert completion.n_tokens < 60


def test_the_end_token_at_once_is_an_empty_completion(loaded, generator):
    tokens, _ = _reference(loaded, PROMPT, 1)
    ends = type(generator)(_with_end_tokens(loaded, {tokens[0]}))

    (completion,) = _write(ends, [request_of(PROMPT)], max_new_tokens=50)

    assert (completion.text, completion.n_tokens) == ("", 1)
    assert completion.finish is Finish.STOP


def test_a_prompt_at_the_limit_of_the_window_is_completed_to_it(generator):
    prompt = prompt_of("x" * (WINDOW - 2))

    (completion,) = _write(generator, [request_of(prompt)], max_new_tokens=50)

    assert completion.n_tokens <= 2
    assert completion.finish in (Finish.LENGTH, Finish.STOP)


def test_a_prompt_past_the_window_is_refused_in_one_sentence(generator):
    with pytest.raises(ModelError, match="window"):
        _write(generator, [request_of(prompt_of("x" * WINDOW))], max_new_tokens=5)


def test_cancelling_returns_what_was_written_and_draws_no_more(generator):
    cancel = Event()
    drawn = []

    def requests():
        for index in range(100):
            drawn.append(index)
            yield request_of(PROMPT, index, 1.0)

    def watch(status):
        if status.n_tokens >= 8:
            cancel.set()

    settings = Sampling(max_new_tokens=400, batch_size=4)
    completions = list(generator.generate(requests(), settings, cancel=cancel, watch=watch))

    assert len(completions) == len(drawn) == 4
    assert any(completion.finish is Finish.CANCELLED for completion in completions)
    assert all(completion.n_tokens < 50 for completion in completions)


def test_requests_are_drawn_when_there_is_room_for_them(generator):
    drawn = []

    def requests():
        for index in range(8):
            drawn.append(index)
            yield request_of(PROMPT, index, 1.0)

    stream = generator.generate(requests(), Sampling(max_new_tokens=4, batch_size=2))
    next(stream)

    assert len(drawn) <= 4
    stream.close()


def test_watching_shows_text_and_numbers_that_grow(generator):
    seen = []
    requests = list(plan([PROMPT], Sampling(n=4, seed=2), "p"))

    completions = list(generator.generate(requests, Sampling(max_new_tokens=12), watch=seen.append))

    assert seen[-1].n_finished == 4
    assert seen[-1].n_tokens == sum(completion.n_tokens for completion in completions)
    assert any(status.preview for status in seen)
    counts = [status.n_tokens for status in seen]
    assert counts == sorted(counts)


def test_no_requests_are_no_completions(generator):
    assert _write(generator, []) == []


def test_a_generator_says_what_it_is(generator):
    assert generator.name.startswith("tiny-")
    assert generator.notes


def _with_end_tokens(loaded, tokens):
    from dataclasses import replace

    return replace(loaded, end_tokens=frozenset(tokens))

"""An endpoint is a real process that serves a real (tiny) model, and misbehaves when asked."""

import subprocess
import sys
import threading
import time

import pytest

from gptcc_cli.errors import ExitCode, ModelError, UsageError
from gptcc_cli.generation import EndpointGenerator, EndpointStyle, Finish, Sampling, plan
from tests.generation.completion_server import KEY, MODEL
from tests.generation.tiny import prompt_of, request_of, tiny_loaded

PROMPT = prompt_of("QUESTION:\nAdd.\nANSWER:\n")
SETTINGS = Sampling(n=6, temperatures=(0.7,), max_new_tokens=12, top_k=0, batch_size=3)


@pytest.fixture(scope="module")
def server():
    with subprocess.Popen(
        [sys.executable, "-m", "tests.generation.completion_server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.stdin.close()
        process.wait(60)


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch):
    monkeypatch.delenv("GPTCC_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def _open(server, signature, **settings):
    defaults = {"model": MODEL, "backoff_s": 0.001, "max_tries": 3}
    return EndpointGenerator(f"{server}/{signature}/v1", **(defaults | settings))


def _write(generator, sampling=SETTINGS, prompt=PROMPT):
    requests = plan([prompt], sampling, "p")
    return sorted(generator.generate(requests, sampling), key=lambda completion: completion.index)


@pytest.fixture(scope="module")
def expected():
    """What the tiny model writes for the seeds of two questions of three choices each."""
    from gptcc_cli.generation import open_generator

    requests = list(plan([PROMPT], SETTINGS, "p"))
    local = open_generator(tiny_loaded("llama", ends=False))
    asked = [
        request_of(PROMPT, choice, 0.7, requests[first].seed % (1 << 31))
        for first in (0, 3)
        for choice in range(3)
    ]
    return [next(iter(local.generate([request], SETTINGS))).text for request in asked]


@pytest.mark.parametrize("style", EndpointStyle)
@pytest.mark.parametrize("signature", ["well", "whole", "busy-once"])
def test_texts_are_those_of_the_model(server, signature, style, expected):
    completions = _write(_open(server, signature, style=style))

    assert [completion.text for completion in completions] == expected
    assert [completion.index for completion in completions] == list(range(6))


@pytest.mark.parametrize("signature", ["ignores-n", "half-once"])
def test_choices_that_did_not_come_are_asked_for_again(server, signature):
    completions = _write(_open(server, signature))

    assert len(completions) == 6
    assert all(completion.finish is not Finish.CANCELLED for completion in completions)
    assert len({completion.text for completion in completions}) > 1


def test_all_stop_strings_are_kept_even_if_the_server_knows_none(server):
    plain = _write(_open(server, "well"))[0].text
    prompt = prompt_of(PROMPT.text, "never", "nor", "this", "either", plain[4:7])

    completion = _write(_open(server, "well"), prompt=prompt)[0]

    assert completion.text == plain[: plain.index(plain[4:7])]
    assert completion.finish is Finish.STOP


def test_a_model_that_is_not_named_is_the_first_of_the_list(server):
    assert _open(server, "well", model=None).name.startswith(f"{MODEL} at http://127.0.0.1")


def test_the_key_is_sent_and_never_shown(server, monkeypatch):
    monkeypatch.setenv("GPTCC_API_KEY", KEY)
    generator = _open(server, "key")

    assert len(_write(generator)) == 6
    assert KEY not in repr(vars(generator)) + generator.name + "".join(generator.notes)


@pytest.mark.parametrize(
    ("signature", "settings", "words"),
    [
        ("busy", {}, "3 attempts: status 429: Slow down"),
        ("broken", {}, "status 503"),
        ("half", {}, "ended in its middle"),
        ("garbage", {}, "not JSON"),
        ("silent", {"timeout_s": 0.2, "max_tries": 1}, "0.2 s"),
        ("well", {"model": "unknown"}, "The model `unknown` is not here"),
        ("key", {}, "wants an API key"),
    ],
)
def test_a_bad_server_is_one_sentence_and_exit_5(server, signature, settings, words):
    with pytest.raises(ModelError, match=words) as caught:
        _write(_open(server, signature, **settings))

    assert "\n" not in caught.value.message
    assert caught.value.exit_code == ExitCode.MODEL == 5


def test_a_wrong_key_is_named_by_its_variable_and_not_shown(server, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "wrong-key")

    with pytest.raises(ModelError, match="OPENAI_API_KEY") as caught:
        _write(_open(server, "key"))

    assert "wrong-key" not in f"{caught.value.message} {caught.value.hint}"


def test_nobody_there_is_said_at_once():
    start = time.monotonic()
    generator = EndpointGenerator("http://127.0.0.1:9", model="m")

    with pytest.raises(ModelError, match="no server answers"):
        _write(generator)
    assert time.monotonic() - start < 5


def test_finished_candidates_come_out_before_the_error(server):
    completions = []

    with pytest.raises(ModelError):
        for completion in _open(server, "half").generate(plan([PROMPT], SETTINGS, "p"), SETTINGS):
            completions.append(completion)

    # The others were never asked for.
    assert sorted(completion.index for completion in completions) == [0, 1, 2]
    whole = [c for c in completions if c.finish is not Finish.CANCELLED]
    begun = [c for c in completions if c.finish is Finish.CANCELLED]
    assert whole
    assert any(completion.text for completion in begun)


def test_cancelling_returns_at_once_from_a_silent_server(server):
    cancel = threading.Event()
    generator = _open(server, "silent", timeout_s=5)
    start = time.monotonic()

    stream = generator.generate(
        plan([PROMPT], SETTINGS, "p"), SETTINGS, cancel=cancel, watch=lambda _: cancel.set()
    )
    completions = list(stream)

    assert {completion.finish for completion in completions} == {Finish.CANCELLED}
    assert time.monotonic() - start < 4


def test_a_key_is_not_sent_in_clear_text_to_another_machine(monkeypatch):
    monkeypatch.setenv("GPTCC_API_KEY", KEY)
    generator = EndpointGenerator("http://example.org", model="m")

    assert "not sent" in generator.notes[1]


@pytest.mark.parametrize("url", ["", "ftp://x", "http://", "://"])
def test_what_is_no_url_is_wrong_usage(url):
    with pytest.raises(UsageError):
        EndpointGenerator(url, model="m")


@pytest.mark.parametrize(
    "url", ["127.0.0.1:80", "http://127.0.0.1:80/", "http://127.0.0.1:80/v1/chat/completions"]
)
def test_a_url_may_be_written_in_the_usual_ways(url):
    assert EndpointGenerator(url, model="m").name == "m at http://127.0.0.1:80/v1"

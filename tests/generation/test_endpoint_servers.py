"""Servers that differ from OpenAI's in what they send, each in one way that was reported."""

import json
import re
import socket
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import replace

import pytest

from gptcc_cli.errors import ExitCode, ModelError
from gptcc_cli.generation import EndpointGenerator, EndpointStyle, Finish, Sampling, plan
from tests.generation.odd_server import TEXT, Reply, as_json, chunk, serving, sse, whole, written
from tests.generation.tiny import prompt_of

CHAT = Sampling(n=3, temperatures=(0.7,), max_new_tokens=50)


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch):
    monkeypatch.delenv("GPTCC_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def _write(url, sampling=CHAT, prompt=None, **settings):
    defaults = {"model": "m", "style": EndpointStyle.CHAT, "backoff_s": 0.001, "max_tries": 3}
    generator = EndpointGenerator(url, **(defaults | settings))
    requests = plan([prompt or prompt_of("Add.")], sampling, "p")
    return sorted(generator.generate(requests, sampling), key=lambda one: one.index)


def _texts(answer, sampling=CHAT, **settings):
    with serving(answer) as server:
        return [one.text for one in _write(server.url, sampling, **settings)]


PARTS = [
    {"type": "thinking", "thinking": [{"type": "text", "text": "First I read n."}]},
    {"type": "text", "text": TEXT},
]
GOOD = {
    "an empty finish reason": lambda body: sse(*written(body, between="")),
    "the word null as finish reason": lambda body: sse(*written(body, between="null")),
    "an empty finish reason to the end": lambda body: sse(*written(body, "", "")),
    "no finish reason to the end": lambda body: sse(*written(body, None)),
    "no [DONE]": lambda body: sse(*written(body), done=False),
    "one choice and no [DONE]": lambda body: sse(*written({**body, "n": 1}), done=False),
    "error: null": lambda body: sse(*(one | {"error": None} for one in written(body))),
    "typed parts": lambda body: whole(PARTS, body),
    "typed parts in a stream": lambda body: sse(
        *(chunk([{"type": "text", "text": TEXT}], None, i) for i in range(body.get("n", 1))),
    ),
    "a stream called JSON": lambda body: sse(*written(body), content_type="application/json"),
    "a stream called text": lambda body: sse(*written(body), content_type="text/plain"),
    "JSON called a stream": lambda body: Reply(
        body=whole(TEXT, body).body, headers={"Content-Type": "text/event-stream"}
    ),
    "choices: null first": lambda body: sse({"choices": None, "usage": {}}, *written(body)),
    "choices: null last": lambda body: sse(*written(body), {"choices": None, "usage": {}}),
    "index as a word": lambda body: sse(
        *(chunk(TEXT, "stop", str(i)) for i in range(body.get("n", 1)))
    ),
    "no index": lambda body: sse(chunk("", None, None), chunk(TEXT, "stop", None)),
    "no index in a whole answer": lambda body: as_json(
        {"choices": [{"message": {"content": TEXT}}] * body.get("n", 1)}
    ),
    "delta: null at the end": lambda body: sse(
        *written(body, None), {"choices": [{"index": 0, "delta": None}]}
    ),
    "comments, CRLF and no blanks": lambda body: Reply(
        body=b": ping\r\n"
        + b"".join(b"data:" + json.dumps(one).encode() + b"\r\n" for one in written(body))
    ),
    "an event of several lines": lambda body: sse(
        *(
            "\n".join(f"data: {x}" for x in json.dumps(one, indent=1).split("\n"))
            for one in written(body)
        )
    ),
    "characters in two halves": lambda body: sse(
        *(chunk("\ud83d", None, i) for i in range(body.get("n", 1))),
        *(chunk("\ude00", "stop", i) for i in range(body.get("n", 1))),
    ),
}


@pytest.mark.parametrize("kind", GOOD)
def test_the_text_is_read_whatever_form_it_has(kind):
    wanted = "\N{GRINNING FACE}" if "halves" in kind else TEXT
    assert _texts(GOOD[kind]) == [wanted] * 3


@pytest.mark.parametrize(
    "answer",
    [
        {"choices": [None]},
        {"choices": None},
        {"choices": {"0": 1}},
        {"choices": [{"index": 0, "message": "print(1)", "finish_reason": "stop"}]},
        {"choices": [{"index": [0], "message": {"content": "x"}}]},
        {"choices": [{"index": float("inf"), "message": {"content": "x"}}]},
        {"choices": [{"message": {"content": 7}}]},
        [],
        "text",
        None,
    ],
)
@pytest.mark.parametrize("streamed", [False, True])
def test_an_answer_that_makes_no_sense_is_one_sentence_and_no_wait(answer, streamed):
    def reply(body):
        if streamed and answer != {"choices": None}:
            return sse(chunk("a"), f"data: {json.dumps(answer)}")
        return as_json(answer)

    start = time.monotonic()
    with pytest.raises(ModelError, match="does not understand") as caught:
        _texts(reply)
    assert caught.value.exit_code == ExitCode.MODEL
    assert time.monotonic() - start < 10


def test_one_finish_reason_for_several_choices_cuts_no_text():
    def litellm(body):
        n = body.get("n", 1)
        first = [chunk("c", None, i) for i in range(n)]
        return sse(*first, chunk("", "length", 0), *(chunk(" = 1", None, i) for i in range(n)))

    with serving(litellm) as server:
        completions = _write(server.url)

    assert [one.text for one in completions] == ["c = 1"] * 3
    assert len(server.bodies) == 1
    assert completions[0].finish is Finish.LENGTH


def test_half_an_event_at_the_end_is_asked_for_again():
    replies = [Reply(body=b'data: {"choices": [{"index": 0, "del'), sse(chunk(TEXT, "stop"))]
    assert _texts(lambda _: replies.pop(0), Sampling(n=1)) == [TEXT]


def test_a_server_that_never_stops_is_stopped():
    def endless(body):
        return sse(*[chunk("word " * 1000)] * 40)

    (completion,) = _write_one(endless, Sampling(n=1, max_new_tokens=5))
    assert completion.finish is Finish.LENGTH
    assert len(completion.text) < 10_000


def _write_one(answer, sampling):
    with serving(answer) as server:
        return _write(server.url, sampling)


def _openai(words, **fields):
    return {"error": {"message": words, "type": "invalid_request_error", **fields}}


def _extra(name):
    return {"type": "extra_forbidden", "loc": ["body", name], "msg": "Extra inputs not permitted"}


REFUSED = {
    "max_tokens": (
        lambda body: "max_tokens" in body,
        _openai(
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
            "'max_completion_tokens' instead.",
            param="max_tokens",
        ),
        "max_completion_tokens",
    ),
    "seed, FastAPI's way": (
        lambda body: "seed" in body,
        {"object": "error", "message": {"detail": [_extra("seed")]}},
        "no seed",
    ),
    "temperature with top_p": (
        lambda body: "top_p" in body and "temperature" in body,
        _openai("`temperature` and `top_p` cannot both be specified for this model."),
        "no top_p",
    ),
    "temperature": (
        lambda body: body.get("temperature", 1) != 1,
        _openai(
            "Unsupported value: 'temperature' does not support 0.7 with this model. Only the "
            "default (1) value is supported."
        ),
        "no temperature",
    ),
    "stream": (
        lambda body: body.get("stream"),
        {"error": "streaming is not supported"},
        "no stream",
    ),
    "stop": (
        lambda body: "stop" in body,
        _openai("Unsupported parameter: 'stop' is not supported with this model."),
        "no stop",
    ),
    "n, llama-server's slots": (
        lambda body: body.get("n", 1) > 2,
        _openai("Field 'n': Value must be between 1 <= value <= 2, but got 3"),
        "n of at most 2",
    ),
    "n, in other words": (
        lambda body: "n" in body,
        _openai("Only one completion choice is allowed"),
        "n of at most 1",
    ),
    "n, without a word": (lambda body: "n" in body, None, "n of at most 1"),
    "two of them": (
        lambda body: "seed" in body or "top_p" in body,
        {"detail": [_extra("top_p"), _extra("seed")]},
        "no seed",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_refused_parameter_is_left_out_once_and_for_all_of_the_run(kind):
    is_refused, error, note = REFUSED[kind]
    notes = []

    def answer(body):
        if is_refused(body):
            return as_json(error, status=422 if "FastAPI" in kind else 400)
        return sse(*written(body)) if body.get("stream") else whole(TEXT, body)

    with serving(answer) as server:
        generator = EndpointGenerator(server.url, model="m", style=EndpointStyle.CHAT)
        for seed in (0, 1):
            sampling = replace(CHAT, seed=seed)
            requests = plan([prompt_of("Add.", "\n\n\n")], sampling, "p")
            texts = [
                one.text
                for one in generator.generate(
                    requests, sampling, watch=lambda status: notes.append(status.note)
                )
            ]
            assert texts == [TEXT] * 3

    n_refused = [is_refused(body) for body in server.bodies].count(True)
    assert n_refused == 2 if kind == "two of them" else n_refused == 1
    assert note in "".join(filter(None, notes))


def test_a_temperature_that_is_not_sent_is_not_recorded():
    def answer(body):
        if "temperature" in body:
            return as_json(_openai("temperature is not supported"), status=400)
        return sse(*written(body))

    with serving(answer) as server:
        assert {one.temperature for one in _write(server.url)} == {1.0}


def test_candidates_at_temperature_0_are_asked_for_one_by_one():
    with serving(lambda body: sse(*written(body))) as server:
        _write(server.url, Sampling(n=4, temperatures=(0.0, 0.5)))
    assert sorted(body.get("n", 1) for body in server.bodies) == [1, 1, 2]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ({"error": 'model "m" not found'}, 'model "m" not found'),
        ({"detail": [{"loc": ["body", "model"], "msg": "no such model"}]}, "body.model: no such"),
        ({"message": {"detail": "no such model"}}, "no such model"),
        (_openai("maximum context length is 512 tokens, but max_tokens"), "context length is 512"),
        (
            _openai("max_tokens is too large: 50. At most 16 are allowed."),
            "max_tokens is too large",
        ),
        (_openai("temperature must be between 0 and 0.5"), "between 0 and 0.5"),
        (_openai("wrong key: secret-of-the-test", code=9), "wrong key: <key>"),
    ],
)
def test_what_cannot_be_left_out_is_an_error_in_the_servers_words(error, words, monkeypatch):
    monkeypatch.setenv("GPTCC_API_KEY", "secret-of-the-test")
    with serving(lambda body: as_json(error, status=400)) as server:
        with pytest.raises(ModelError, match=re.escape(words)) as caught:
            _write(server.url, Sampling(n=1))
        assert caught.value.hint
        assert len(server.bodies) == 1


@pytest.mark.parametrize("status", [307, 308])
def test_a_redirect_within_the_server_is_followed(status):
    def answer(body):
        if body["path"].startswith("/v1"):
            return Reply(body=b"", status=status, headers={"Location": "/v2/chat"})
        return sse(*written(body))

    assert _texts(answer) == [TEXT] * 3


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_the_key_never_follows_a_redirect_to_another_server(status, monkeypatch):
    monkeypatch.setenv("GPTCC_API_KEY", "secret-of-the-test")
    with serving(lambda body: sse(*written(body)), get=lambda _: as_json({})) as other:

        def answer(_):
            return Reply(body=b"", status=status, headers={"Location": other.url + "/x"})

        with serving(answer) as server, pytest.raises(ModelError, match="redirects to") as caught:
            _write(server.url)
    assert other.headers == []
    assert str(other.url.split("/")[2]) in caught.value.message


def test_redirects_in_a_circle_end():
    def answer(_):
        return Reply(body=b"", status=307, headers={"Location": "/v1/chat/completions"})

    with pytest.raises(ModelError, match="again and again"):
        _texts(answer)


@pytest.mark.parametrize("after", ["0", "Wed, 21 Oct 2015 07:28:00 GMT", "nan", "soon", "-3"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_when_it_says(status, after):
    replies = [as_json({}, status=status, **{"Retry-After": after})]

    def answer(body):
        return replies.pop() if replies else sse(*written(body))

    assert _texts(answer, Sampling(n=1)) == [TEXT]


def test_a_server_that_wants_a_day_is_not_waited_for():
    def answer(_):
        return as_json({}, status=429, **{"Retry-After": "86400"})

    with pytest.raises(ModelError, match="86400 s"):
        _texts(answer, Sampling(n=1))


def test_an_exhausted_quota_is_not_asked_about_again():
    error = _openai("You exceeded your current quota", code="insufficient_quota")
    with serving(lambda _: as_json(error, status=429)) as server:
        with pytest.raises(ModelError, match="exceeded your current quota"):
            _write(server.url, Sampling(n=1))
        assert len(server.bodies) == 1


def test_a_server_that_restarts_is_waited_for_and_nothing_is_lost():
    texts = []
    sampling = Sampling(n=2, temperatures=(0.7,), batch_size=1)
    with serving(lambda body: sse(chunk(TEXT), done=False)) as server:
        generator = EndpointGenerator(
            server.url, model="m", style=EndpointStyle.CHAT, backoff_s=0.05, max_tries=4
        )
        stream = generator.generate(plan([prompt_of("Add.")], sampling, "p"), sampling)
        reading = threading.Thread(target=lambda: texts.extend(one.text for one in stream))
        reading.start()
        while not server.bodies:
            time.sleep(0.01)
    # Longer than four attempts take.
    time.sleep(0.8)
    with serving(lambda body: sse(*written(body)), port=int(server.url[:-3].split(":")[2])):
        reading.join(20)
    assert texts == [TEXT] * 2


def test_what_was_written_before_the_server_died_is_kept():
    replies = [sse(chunk("print("), chunk("1)"), done=False), Reply(body=b"", status=503)]

    def answer(_):
        return replies.pop(0) if len(replies) > 1 else replies[0]

    completions = []
    with serving(answer) as server:
        sampling = Sampling(n=1)
        generator = EndpointGenerator(server.url, model="m", backoff_s=0.001, max_tries=3)
        with pytest.raises(ModelError, match="503"):
            for one in generator.generate(plan([prompt_of("x")], sampling, "p"), sampling):
                completions.append(one)
    assert [(one.text, one.finish) for one in completions] == [("print(1)", Finish.CANCELLED)]


def test_a_server_short_of_shared_context_is_asked_for_less_at_once():
    together = threading.Semaphore(1)

    def answer(body):
        if body.get("n", 1) > 1 or not together.acquire(blocking=False):
            return sse(chunk("a"), {"error": {"message": "Context size has been exceeded."}})
        try:
            time.sleep(0.05)
            return sse(*written(body))
        finally:
            together.release()

    assert _texts(answer, Sampling(n=6, temperatures=(0.5, 0.7)), max_tries=2) == [TEXT] * 6


def test_a_server_with_one_slot_may_keep_others_waiting_longer_than_the_timeout():
    slot = threading.Lock()

    def answer(body):
        if "n" in body:
            return as_json({}, status=400)
        with slot:
            return replace(sse(*written(body)), pause_s=0.04)

    # One writes for 0.3 s, so the last of 6 has to wait for more than the timeout.
    sampling = Sampling(n=6, temperatures=(0.7,))
    assert _texts(answer, sampling, timeout_s=0.6, max_tries=1) == [TEXT] * 6


@pytest.mark.parametrize("line", [b": ping\n", b'data: {"choices": []}\n', b"\n", b"{\n"])
def test_what_brings_no_text_is_no_sign_of_life(line):
    start = time.monotonic()
    with pytest.raises(ModelError, match=r"no text for 0\.2 s"):
        _texts(lambda _: Reply(body=line * 200, pause_s=0.02), timeout_s=0.2, max_tries=1)
    assert time.monotonic() - start < 3


def test_headers_that_come_a_byte_at_a_time_end_too():
    def drip(listener):
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            for _ in range(200):
                connection.sendall(b"H")
                time.sleep(0.02)

    start = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=drip, args=(listener,), daemon=True).start()
        with pytest.raises(ModelError, match=r"brought nothing|connection broke"):
            _write(f"http://127.0.0.1:{listener.getsockname()[1]}", Sampling(n=1), timeout_s=0.1)
    assert time.monotonic() - start < 4


@pytest.mark.parametrize(
    ("entry", "props", "context"),
    [
        ({"max_model_len": 2048}, None, 2048),
        ({"context_length": 131072}, None, 131072),
        ({"meta": {"n_ctx": 4096, "n_ctx_train": 9}}, {}, 4096),
        (
            {"meta": {"n_ctx": 4096}},
            {"total_slots": 2, "default_generation_settings": {"n_ctx": 2048}},
            2048,
        ),
        ({"max_model_len": 2048, "id": "another name for the only one"}, None, 2048),
        ({}, None, None),
        ({"max_model_len": "many", "id": "other"}, None, None),
    ],
)
def test_the_context_length_is_what_the_server_says(entry, props, context):
    def get(path):
        if path == "/props":
            return as_json(props)
        others = [] if "only" in entry.get("id", "") else [{"id": "first", "max_model_len": 7}]
        return as_json({"data": [*others, {"id": "m"} | entry]})

    with serving(lambda body: sse(*written(body)), get=get) as server:
        generator = EndpointGenerator(server.url, model="m", style=EndpointStyle.CHAT)
        assert generator.context_length == context


def test_nothing_more_is_asked_for_than_fits():
    def get(path):
        props = {"total_slots": 2, "default_generation_settings": {"n_ctx": 30}}
        return as_json(props if path == "/props" else {"data": [{"id": "m", "meta": {}}]})

    running = Counter()

    def answer(body):
        running["now"] += body.get("n", 1)
        running["most"] = max(running["most"], running["now"])
        time.sleep(0.05)
        running["now"] -= body.get("n", 1)
        return sse(*written(body))

    prompt = replace(prompt_of("Add."), n_tokens=20)
    with serving(answer, get=get) as server:
        generator = EndpointGenerator(server.url, model="m", style=EndpointStyle.CHAT)
        assert generator.context_length == 30
        requests = plan([prompt], replace(CHAT, n=6), "p")
        assert len(list(generator.generate(requests, CHAT))) == 6
    assert {body["max_tokens"] for body in server.bodies} == {10}
    assert running["most"] == 2


@pytest.mark.parametrize("get", [lambda _: as_json({}, status=500), lambda _: Reply(body=b"<")])
def test_a_server_that_cannot_list_its_models_may_still_write(get):
    with serving(lambda body: sse(*written(body)), get=get) as server:
        generator = EndpointGenerator(server.url, model="m", style=EndpointStyle.CHAT)
        assert generator.context_length is None
        assert len(_write(server.url)) == 3
        with pytest.raises(ModelError) as caught:
            EndpointGenerator(server.url, backoff_s=0.001)
    assert caught.value.hint


def test_the_default_temperatures_fill_a_servers_batch():
    started = threading.Barrier(5, timeout=10)

    def answer(body):
        started.wait()
        return sse(*written(body))

    sampling = Sampling(n=32, temperature_schedule=(0.4, 0.6, 0.8, 1.0))
    # All 32 are under way before the first is answered: a request for each temperature.
    assert _texts(answer, sampling) == [TEXT] * 32


@pytest.mark.parametrize(
    ("reason", "field", "hint"),
    [
        ("length", "reasoning_content", "--max-new-tokens"),
        ("length", "reasoning", "--max-new-tokens"),
        ("stop", "reasoning_content", "reasoning parser"),
    ],
)
def test_completions_that_are_all_reasoning_are_named_once(reason, field, hint):
    def answer(body):
        n = body.get("n", 1)
        thoughts = [chunk(None, None, i, **{field: "I think."}) for i in range(n)]
        return sse(*thoughts, *(chunk(None, reason, i) for i in range(n)))

    warnings = []
    with serving(answer) as server:
        generator = EndpointGenerator(server.url, model="m", style=EndpointStyle.CHAT)
        for _ in range(2):
            completions = list(
                generator.generate(
                    plan([prompt_of("Add.")], CHAT, "p"),
                    CHAT,
                    watch=lambda status: warnings.append(status.warning),
                )
            )
            assert [(one.text, one.n_tokens) for one in completions] == [("", 1)] * 3
    (warning,) = filter(None, warnings)
    assert "3 of 3" in warning[0]
    assert hint in warning[1]

import json
from threading import Event

import pytest

from gptcc_cli.errors import ModelError, OutputError
from gptcc_cli.generation import (
    Completion,
    Finish,
    ReplayGenerator,
    Sampling,
    write_completion,
    write_completions,
    write_header,
)
from tests.generation.tiny import prompt_of, request_of

PROMPT = prompt_of("print a number\n")


def _completion(index, text, prompt=PROMPT):
    return Completion(
        prompt=prompt,
        index=index,
        text=text,
        n_tokens=3,
        finish=Finish.LENGTH,
        mean_logprob=-0.5,
        temperature=0.6,
        seed=1 + index,
    )


def test_what_is_written_is_replayed_whole(tmp_path):
    path = tmp_path / "completions.jsonl"
    written = [_completion(0, "print(1)\u2028\n"), _completion(1, "é\x00\t")]
    with path.open("w", encoding="utf-8") as file:
        write_header(file, generator="tiny", sampling=Sampling(n=2))
        for completion in written:
            write_completion(file, completion)

    requests = [request_of(PROMPT, index, 0.6) for index in range(2)]
    replayed = list(ReplayGenerator(path).generate(requests, Sampling(n=2)))

    assert replayed == written


def test_a_completion_of_another_prompt_is_never_given(tmp_path):
    path = tmp_path / "completions.jsonl"
    with path.open("w", encoding="utf-8") as file:
        write_completion(file, _completion(0, "x"))
    replay = ReplayGenerator(path)

    with pytest.raises(ModelError, match="no completion 0"):
        list(replay.generate([request_of(prompt_of("another"))], Sampling()))


def test_lines_of_humaneval_samples_are_replayed_in_their_order(tmp_path):
    path = tmp_path / "samples.jsonl"
    lines = [{"task_id": "HumanEval/0", "completion": text} for text in ("a", "b")]
    path.write_text("\n".join(map(json.dumps, lines)))

    requests = [request_of(PROMPT, index) for index in range(2)]
    texts = [c.text for c in ReplayGenerator(path).generate(requests, Sampling())]

    assert texts == ["a", "b"]


@pytest.mark.parametrize(
    "content",
    [b"{", b"[1]", b'{"index": 0}', b'{"schema": "gptcc.completions", "version": 99}', b"\xff\xfe"],
)
def test_a_file_of_something_else_is_refused_in_one_sentence(tmp_path, content):
    path = tmp_path / "bad.jsonl"
    path.write_bytes(content)

    with pytest.raises(ModelError) as caught:
        ReplayGenerator(path)

    assert "\n" not in caught.value.message


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ModelError):
        ReplayGenerator(tmp_path / "none.jsonl")


def test_cancelling_ends_a_replay(tmp_path):
    path = tmp_path / "c.jsonl"
    path.write_text('{"text": "a"}\n{"text": "b"}\n')
    cancel = Event()
    stream = ReplayGenerator(path).generate(
        [request_of(PROMPT, 0), request_of(PROMPT, 1)], Sampling(), cancel=cancel
    )

    assert next(stream).text == "a"
    cancel.set()
    assert list(stream) == []


def test_any_prompt_replays_by_index_with_the_template_it_was_recorded_with(tmp_path):
    path = tmp_path / "completions.jsonl"
    write_completions(path, [_completion(0, "x")], generator="tiny", sampling=Sampling(n=1))
    replay = ReplayGenerator(path, any_prompt=True)
    other = prompt_of("another")

    (replayed,) = replay.generate([request_of(other)], Sampling())

    assert replay.n_completions == 1
    assert replayed.text == "x"
    assert replayed.prompt.template.name == PROMPT.template.name


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path):
    path = tmp_path / "absent" / "completions.jsonl"
    with pytest.raises(OutputError, match="can't be written"):
        write_completions(path, [], generator="tiny", sampling=Sampling(n=1))
    assert list(tmp_path.iterdir()) == []


def test_candidates_that_were_never_finished_leave_no_gap(tmp_path):
    path = tmp_path / "completions.jsonl"
    written = [_completion(index, f"print({index})") for index in (5, 0, 3)]
    write_completions(path, written, generator="tiny", sampling=Sampling(n=6))
    replay = ReplayGenerator(path, any_prompt=True)
    requests = [request_of(PROMPT, index) for index in range(replay.n_completions)]
    completions = list(replay.generate(requests, Sampling()))
    assert [one.text for one in completions] == ["print(0)", "print(3)", "print(5)"]

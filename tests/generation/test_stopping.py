from dataclasses import replace

import pytest

from gptcc_cli.generation import Finish
from gptcc_cli.generation.stopping import Row, encode_prompt
from tests.generation.tiny import prompt_of, request_of, tiny_tokenizer

TOKENIZER = tiny_tokenizer()


def _row(*stops, room=1000):
    prompt = prompt_of("p", *stops)
    ids = encode_prompt(TOKENIZER, prompt)
    return Row(request_of(prompt), ids, TOKENIZER, end_tokens=frozenset({256}), max_new_tokens=room)


def _push(row, text):
    for token in TOKENIZER.encode(text):
        if row.push(token, -1.0):
            break
    return row.completion()


@pytest.mark.parametrize("text", ["print('é €  𝄞')\n", "", "\ufffd is itself", " lead", "\r\n\t"])
def test_text_comes_out_as_it_was_written(text):
    assert _push(_row(), text).text == text


def test_a_character_split_over_tokens_shows_only_when_whole():
    row = _row()
    for token in TOKENIZER.encode("a€")[:-1]:
        row.push(token, 0.0)
        assert row.text == "a"
    row.push(TOKENIZER.encode("€")[-1], 0.0)
    assert row.text == "a€"


def test_a_text_that_ends_inside_a_character_keeps_what_there_is():
    row = _row()
    for token in TOKENIZER.encode("a€")[:-1]:
        row.push(token, 0.0)

    assert row.completion().text == "a\ufffd"
    assert row.completion().finish is Finish.CANCELLED


def test_the_first_of_several_stop_strings_counts():
    completion = _push(_row("\nANSWER:", "\n---"), "x\n---\nANSWER:")

    assert (completion.text, completion.finish) == ("x", Finish.STOP)


def test_a_stop_string_that_begins_inside_another_is_found():
    assert _push(_row("aab"), "xaaab").text == "xa"


def test_a_stop_string_at_the_very_start_leaves_nothing():
    completion = _push(_row("\nQ:"), "\nQ: again")

    assert (completion.text, completion.n_tokens) == ("", 3)


def test_a_stop_string_beats_the_limit_when_both_come_at_once():
    completion = _push(_row("abc", room=4), "xabcd")

    assert (completion.text, completion.finish) == ("x", Finish.STOP)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" return 1\n\ndef g", " return 1\n"),
        (" return f(\n1,\n)\nThis", " return f("),
        (" return f(\n    1,\n)\n\tx\nThis", " return f(\n    1,\n)\n\tx"),
        (' s = """\na\nb"""\n    t\nEnd', ' s = """\na\nb"""\n    t'),
        ("\n    # a\n\n    b", "\n    # a\n\n    b"),
    ],
)
def test_a_body_ends_before_the_first_line_that_is_not_indented(text, kept):
    prompt = replace(prompt_of("p"), ends_with_body=True)
    ids = encode_prompt(TOKENIZER, prompt)
    row = Row(request_of(prompt), ids, TOKENIZER, end_tokens=frozenset({256}), max_new_tokens=1000)
    assert _push(row, text).text == kept


@pytest.mark.parametrize(("allowed", "room", "written"), [(3, 9, 3), (9, 3, 3), (None, 3, 3)])
def test_a_prompt_may_allow_fewer_tokens_than_the_run(allowed, room, written):
    prompt = replace(prompt_of("p"), max_new_tokens=allowed)
    ids = encode_prompt(TOKENIZER, prompt)
    row = Row(request_of(prompt), ids, TOKENIZER, end_tokens=frozenset(), max_new_tokens=room)
    completion = _push(row, "abcdefghijk")
    assert (completion.n_tokens, completion.finish) == (written, Finish.LENGTH)


def test_special_tokens_are_no_text():
    row = _row()
    row.push(TOKENIZER.encode("a")[0], -1.0)
    row.push(256, -3.0)

    completion = row.completion()
    assert (completion.text, completion.n_tokens, completion.mean_logprob) == ("a", 2, -2.0)


def test_the_space_before_a_first_word_survives_a_sentencepiece_tokenizer():
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = {"<unk>": 0, "▁a": 1, "▁b": 2, "▁c": 3, "d": 4}
    core = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    core.pre_tokenizer = pre_tokenizers.Metaspace()
    core.decoder = decoders.Metaspace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=core, unk_token="<unk>")
    row = Row(request_of(prompt_of("a")), [1], tokenizer, end_tokens=frozenset(), max_new_tokens=9)

    shown = []
    for token in (2, 4, 3):
        row.push(token, 0.0)
        shown.append(row.text)

    assert shown == [" b", " bd", " bd c"]
    assert row.completion().text == " bd c"


def test_an_empty_prompt_begins_with_the_begin_token():
    assert encode_prompt(TOKENIZER, prompt_of("")) == [256]

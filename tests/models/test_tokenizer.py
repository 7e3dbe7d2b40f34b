"""The thin tokenizer gives what transformers' classes give, and says what ends a text."""

from pathlib import Path

import pytest

from gptcc_cli.errors import ModelError
from gptcc_cli.models.tokenizer import Tokenizer, open_tokenizer
from tests.tiny_models import train_tiny_tokenizer

TEXTS = (
    "def solve():\n\tprint(int(input()) + 1)\n",
    "  leading  and   inner blanks, it's, isn't I'll\r\n\n",
    "Zahlen 12345, é, 漢字, 🎉",
    "<|im_start|>user\nhello<|im_end|>\n",
    "",
)
CHAT = [{"role": "user", "content": "Add two numbers."}]


@pytest.mark.parametrize("text", TEXTS)
def test_tokens_equal_transformers(tiny_chat_model_dir: Path, text: str) -> None:
    from transformers import AutoTokenizer

    reference = AutoTokenizer.from_pretrained(tiny_chat_model_dir)
    tokenizer = open_tokenizer(tiny_chat_model_dir)
    for special in (False, True):
        expected = reference(text, add_special_tokens=special).input_ids
        assert tokenizer.encode(text, add_special_tokens=special) == expected
    plain = reference(text, add_special_tokens=False).input_ids
    assert tokenizer.decode(plain) == reference.decode(plain, skip_special_tokens=True)


def test_chat_form_equals_transformers(tiny_chat_model_dir: Path) -> None:
    from transformers import AutoTokenizer

    reference = AutoTokenizer.from_pretrained(tiny_chat_model_dir)
    expected = reference.apply_chat_template(CHAT, tokenize=False, add_generation_prompt=True)
    tokenizer = open_tokenizer(tiny_chat_model_dir)
    assert tokenizer.render_chat(CHAT) == expected
    assert tokenizer.render_chat(CHAT, answer_prefix="```python\n") == expected + "```python\n"


def test_two_old_files_give_the_tokens_of_gpt2s_own_class(tmp_path: Path) -> None:
    from transformers import GPT2Tokenizer

    train_tiny_tokenizer(chat=False).model.save(str(tmp_path))
    reference = GPT2Tokenizer.from_pretrained(tmp_path)
    tokenizer = open_tokenizer(tmp_path)
    for text in (*TEXTS[:3], "code<|endoftext|>more"):
        assert tokenizer.encode(text, add_special_tokens=True) == reference(text).input_ids
    assert tokenizer.end_tokens == {reference.eos_token_id}


@pytest.mark.parametrize("add_bos", [True, False, None])
def test_first_of_text_token_is_added_where_the_model_wants_it(add_bos: bool | None) -> None:
    backend = train_tiny_tokenizer(chat=False)
    special = {"bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>"}
    tokenizer = Tokenizer(backend, special=special, add_bos=add_bos)
    plain = tokenizer.encode("print(1)")
    assert tokenizer.encode("print(1)", add_special_tokens=True) == (
        [0, *plain] if add_bos else plain
    )


def test_an_end_token_is_never_appended_to_a_prompt() -> None:
    from tokenizers.processors import TemplateProcessing

    backend = train_tiny_tokenizer(chat=True)
    backend.post_processor = TemplateProcessing(
        single="<|im_start|> $A <|im_end|>", special_tokens=[("<|im_start|>", 1), ("<|im_end|>", 2)]
    )
    tokenizer = Tokenizer(backend, special={"eos_token": "<|im_end|>"})
    tokens = tokenizer.encode("print(1)", add_special_tokens=True)
    assert tokens[0] == 1 and 2 not in tokens


def test_whatever_ends_a_turn_ends_a_text() -> None:
    backend = train_tiny_tokenizer(chat=True)
    template = (
        "{% for m in messages %}<|im_start|>{{ m.role }}:{{ m.content }}<|im_end|>{% endfor %}"
    )
    tokenizer = Tokenizer(backend, special={"eos_token": "<|endoftext|>"}, chat_template=template)
    assert tokenizer.end_tokens == {0, 2}


def test_a_model_without_chat_template_says_so() -> None:
    tokenizer = Tokenizer(train_tiny_tokenizer(chat=False), special={})
    with pytest.raises(ModelError, match="no chat template"):
        tokenizer.render_chat(CHAT)


def test_a_template_that_refuses_is_an_error_the_user_can_mend() -> None:
    tokenizer = Tokenizer(
        train_tiny_tokenizer(chat=True),
        special={},
        chat_template="{{ raise_exception('roles must alternate') }}",
    )
    with pytest.raises(ModelError, match="roles must alternate"):
        tokenizer.render_chat(CHAT)


def test_a_template_can_not_reach_python() -> None:
    tokenizer = Tokenizer(
        train_tiny_tokenizer(chat=True),
        special={},
        chat_template="{{ ''.__class__.__mro__[1].__subclasses__() }}",
    )
    with pytest.raises(ModelError, match="refuses"):
        tokenizer.render_chat(CHAT)

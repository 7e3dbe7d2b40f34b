"""Text <-> tokens, and the chat form, as the model's own files say.

A thin layer over the ``tokenizers`` library: it reads ``tokenizer.json`` in a tenth of the time
that transformers needs to import its classes, and gives the same tokens. Checkpoints without
that file go through transformers' ``AutoTokenizer`` once (``open_tokenizer``).

Does not clean up spaces when decoding: a program's text must come out as it was written.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from gptcc_cli.errors import ModelError
from gptcc_cli.models.checkpoint import first_line, read_json

Messages = Sequence[Mapping[str, str]]
"""A conversation: dictionaries with ``role`` and ``content``."""


_END_OF_TEXT = ("<|endoftext|>", "<|end_of_text|>", "</s>", "<eos>")


class Tokenizer:
    """Encodes prompts, decodes completions, renders chats."""

    def __init__(
        self,
        backend: Any,
        *,
        special: Mapping[str, str],
        chat_template: str | None = None,
        add_bos: bool | None = None,
    ) -> None:
        """Wrap a tokenizer.

        Args:
            backend: a ``tokenizers.Tokenizer``.
            special: named special tokens, such as ``{"eos_token": "</s>"}``.
            chat_template: the model's Jinja template; ``None``: it has none.
            add_bos: whether plain prompts start with the first-of-text token; ``None``: as the
                backend's own post-processor does.
        """
        self.backend = backend
        self.special = dict(special)
        self.chat_template = chat_template
        self._add_bos = add_bos

    def encode(self, text: str, *, add_special_tokens: bool = False) -> list[int]:
        """The tokens of a text.

        Args:
            text: special tokens written out in it are recognised.
            add_special_tokens: also put the tokens in front that the model expects before a plain
                prompt (a rendered chat has them already). An end token is never appended.
        """
        tokens: list[int] = self.backend.encode(text, add_special_tokens=False).ids
        return [*self._leading_tokens, *tokens] if add_special_tokens else tokens

    def decode(self, tokens: Sequence[int], *, skip_special_tokens: bool = True) -> str:
        """The text of tokens; incomplete UTF-8 becomes U+FFFD."""
        text: str = self.backend.decode(list(tokens), skip_special_tokens=skip_special_tokens)
        return text

    def count(self, text: str, *, add_special_tokens: bool = False) -> int:
        """How many tokens a text has."""
        return len(self.encode(text, add_special_tokens=add_special_tokens))

    @property
    def vocab_size(self) -> int:
        """How many tokens there are, the added ones included."""
        size: int = self.backend.get_vocab_size()
        return size

    @property
    def bos_token_id(self) -> int | None:
        """The first-of-text token; ``None``: it names none."""
        return self.token_id(self.special.get("bos_token", ""))

    @property
    def eos_token_id(self) -> int | None:
        """The end token; ``None``: it names none. ``end_tokens`` has every one."""
        return self.token_id(self.special.get("eos_token", ""))

    def token_id(self, token: str) -> int | None:
        """The number of one token; ``None`` if there is no such token."""
        number: int | None = self.backend.token_to_id(token)
        return number

    def render_chat(self, messages: Messages, *, answer_prefix: str = "") -> str:
        """The text of a conversation at which the assistant's answer begins.

        Args:
            messages: what was said so far.
            answer_prefix: how the answer begins; put after the template's own opening.

        Raises:
            ModelError: the model has no chat template, or its template refuses the messages.
        """
        return self._render(messages, open_answer=True) + answer_prefix

    @cached_property
    def end_tokens(self) -> frozenset[int]:
        """The tokens that end a text: the end token, and whatever ends a turn of a chat.

        An instruct model's base had an end token of its own, and still writes it after a plain
        prompt: where the vocabulary has one as a special token, it counts.
        """
        ends = {self.token_id(name) for name in _END_OF_TEXT} & self._special_numbers
        ends.add(self.eos_token_id)
        return frozenset(number for number in ends if number is not None) | self._turn_ends

    @cached_property
    def _turn_ends(self) -> frozenset[int]:
        # Whatever special token the template writes right after an answer is what the model
        # writes to end one: no list of known names can be complete.
        if self.chat_template is None:
            return frozenset()
        try:
            text = self._render(
                [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "ANSWER"}],
                open_answer=False,
            )
        except ModelError:
            return frozenset()
        after = text.rpartition("ANSWER")[2].lstrip()
        tokens = self.encode(after) if after else []
        return frozenset(tokens[:1]) & self._special_numbers

    @cached_property
    def _special_numbers(self) -> frozenset[int]:
        added = self.backend.get_added_tokens_decoder()
        return frozenset(number for number, token in added.items() if token.special)

    @cached_property
    def _leading_tokens(self) -> list[int]:
        if self._add_bos is False:
            return []
        if self._add_bos:
            return [] if self.bos_token_id is None else [self.bos_token_id]
        marked: list[int] = self.backend.encode("x", add_special_tokens=True).ids
        plain: list[int] = self.backend.encode("x", add_special_tokens=False).ids
        for start in range(len(marked) - len(plain) + 1):
            if marked[start : start + len(plain)] == plain:
                return marked[:start]
        return []

    def _render(self, messages: Messages, *, open_answer: bool) -> str:
        import jinja2

        if self.chat_template is None:
            raise ModelError(
                "this model has no chat template",
                hint="choose a plain template, such as --template apps",
            )
        try:
            template = _chat_environment().from_string(self.chat_template)
            text: str = template.render(
                messages=list(messages), add_generation_prompt=open_answer, **self.special
            )
        except jinja2.TemplateError as error:
            raise ModelError(
                f"the model's chat template refuses the prompt: {error}",
                hint="choose a plain template, such as --template apps",
            ) from error
        return text


def open_tokenizer(directory: Path, *, trust_remote_code: bool = False) -> Tokenizer:
    """Read a checkpoint's tokenizer.

    Args:
        directory: the checkpoint.
        trust_remote_code: whether a tokenizer that is code of its own may run.

    Raises:
        ModelError: there is no tokenizer, or its files can't be read.
    """
    settings = read_json(directory / "tokenizer_config.json")
    special = _special_tokens(directory, settings)
    backend = _read_backend(directory, settings)
    if backend is None:
        backend = _through_transformers(directory, trust_remote_code=trust_remote_code)
    return Tokenizer(
        backend,
        special=special,
        chat_template=_chat_template(directory, settings),
        add_bos=settings.get("add_bos_token"),
    )


def _read_backend(directory: Path, settings: Mapping[str, Any]) -> Any | None:
    from tokenizers import Tokenizer as Backend

    path = directory / "tokenizer.json"
    if path.is_file():
        try:
            backend = Backend.from_file(str(path))
        except Exception as error:  # the library raises bare Exception
            raise ModelError(
                f"the tokenizer file {path} can't be read: {error}",
                hint="fetch the model again with `gptcc models pull --force`",
            ) from error
        backend.no_truncation()
        backend.no_padding()
        return backend
    if (directory / "vocab.json").is_file() and (directory / "merges.txt").is_file():
        return _byte_level_backend(directory, settings)
    return None


def _byte_level_backend(directory: Path, settings: Mapping[str, Any]) -> Any | None:
    # GPT-2's two files, which GPT-Neo checkpoints carry too.
    from tokenizers import AddedToken, decoders, models, pre_tokenizers
    from tokenizers import Tokenizer as Backend

    if settings.get("tokenizer_class", "GPT2Tokenizer") not in (
        "GPT2Tokenizer",
        "GPT2TokenizerFast",
    ):
        return None
    files = (str(directory / "vocab.json"), str(directory / "merges.txt"))
    backend = Backend(models.BPE.from_file(*files))
    prefix = bool(settings.get("add_prefix_space", False))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix)
    backend.decoder = decoders.ByteLevel()
    backend.add_special_tokens([AddedToken("<|endoftext|>", normalized=False)])
    return backend


def _through_transformers(directory: Path, *, trust_remote_code: bool) -> Any:
    from gptcc_cli.models.torch_runtime import start_torch

    start_torch()  # transformers imports it
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(
            directory, local_files_only=True, trust_remote_code=trust_remote_code
        )
    except (OSError, ValueError, KeyError, ImportError, TypeError) as error:
        raise ModelError(
            f"no tokenizer can be read from {directory}: {first_line(error)}",
            hint="a model directory needs tokenizer.json beside its weights",
        ) from error
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise ModelError(
            f"the tokenizer of {directory} ({type(tokenizer).__name__}) has no fast form",
            hint="save it as tokenizer.json with the tokenizers library",
        )
    return backend


def _special_tokens(directory: Path, settings: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for source in (read_json(directory / "special_tokens_map.json"), settings):
        for name in ("bos_token", "eos_token", "unk_token", "pad_token"):
            value = source.get(name)
            text = value.get("content") if isinstance(value, dict) else value
            if isinstance(text, str):
                found[name] = text
    if not found and (directory / "merges.txt").is_file():
        found = {"bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>"}
    return found


def _chat_template(directory: Path, settings: Mapping[str, Any]) -> str | None:
    path = directory / "chat_template.jinja"
    if path.is_file():
        return path.read_text(encoding="utf-8")
    value = read_json(directory / "chat_template.json").get("chat_template")
    value = value or settings.get("chat_template")
    if isinstance(value, list):  # several named templates
        named = {entry.get("name"): entry.get("template") for entry in value}
        value = named.get("default")
    return value if isinstance(value, str) else None


def _chat_environment() -> Any:
    # The dialect that templates are written for: transformers' "Writing a chat template".
    import datetime

    import jinja2
    from jinja2.ext import loopcontrols
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def raise_exception(message: str) -> None:
        raise jinja2.TemplateError(message)

    def tojson(value: Any, ensure_ascii: bool = False, indent: int | None = None) -> str:
        return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent)

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols]
    )
    environment.filters["tojson"] = tojson
    environment.globals["raise_exception"] = raise_exception
    environment.globals["strftime_now"] = lambda form: datetime.datetime.now().strftime(form)
    return environment

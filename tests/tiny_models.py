"""Real but tiny models, built on the spot: random weights, a real byte-level BPE tokenizer.

Nothing is downloaded. ``build_tiny_model`` makes one for any family the engine knows; the
weights are drawn wide enough that greedy text is varied and free of ties.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

FAMILIES = ("gpt_neo", "gpt2", "llama", "qwen2", "mistral")

_CORPUS = (
    "def solve():\n    n = int(input())\n    print(sum(map(int, input().split())))\n\nsolve()\n",
    "\nQUESTION:\nGiven a list of numbers, print the largest.\n\n-----Examples-----\nInput\n3\n"
    "1 2 3\n\nOutput\n3\n\n\nUse Standard Input format\n\nANSWER:\n",
    "for i in range(10):\n\tif i % 2 == 0:\n\t\tprint(i)\n\telse:\n\t\tcontinue\n",
    "class Solution:\n    def twoSum(self, nums: List[int], target: int) -> List[int]:\n",
    "A string is read from standard input; print it reversed. Words are separated by spaces.",
    "```python\nimport sys\nprint(sys.stdin.read()[::-1])\n```\n",
)


def train_tiny_tokenizer(*, chat: bool, vocab_size: int = 400, corpus: Sequence[str] = ()) -> Any:
    """A byte-level BPE tokenizer (``tokenizers.Tokenizer``) trained on a few programs.

    Token 0 is ``<|endoftext|>``; with ``chat``, ``<|im_start|>`` and ``<|im_end|>`` follow.
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    special = ["<|endoftext|>"] + (["<|im_start|>", "<|im_end|>"] if chat else [])
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([*_CORPUS, *corpus], trainer=trainer)
    return tokenizer


def build_tiny_model(
    directory: Path,
    family: str = "gpt_neo",
    *,
    chat: bool = False,
    vocab_size: int = 400,
    corpus: Sequence[str] = (),
    **overrides: Any,
) -> Path:
    """Write a tiny model of a family into a directory, as ``save_pretrained`` would.

    Args:
        directory: made if it is not there.
        family: one of ``FAMILIES``.
        chat: whether the tokenizer has a chat template (``<|im_end|>`` ends a turn).
        vocab_size: of the tokenizer.
        corpus: texts its tokenizer is trained on, beside a few programs.
        overrides: fields of the configuration, such as ``num_layers``.
    """
    import torch
    from transformers import AutoModelForCausalLM

    directory.mkdir(parents=True, exist_ok=True)
    tokenizer = train_tiny_tokenizer(chat=chat, vocab_size=vocab_size, corpus=corpus)
    config = _tiny_config(family, tokenizer.get_vocab_size(), **overrides)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = AutoModelForCausalLM.from_config(config).eval()
    model.generation_config.eos_token_id = 0
    model.save_pretrained(directory)
    write_tokenizer(directory, tokenizer, chat=chat)
    return directory


def write_tokenizer(directory: Path, tokenizer: Any, *, chat: bool) -> None:
    """Write ``tokenizer.json`` and ``tokenizer_config.json``."""
    tokenizer.save(str(directory / "tokenizer.json"))
    settings: dict[str, Any] = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": "<|endoftext|>",
        "eos_token": "<|im_end|>" if chat else "<|endoftext|>",
        "model_max_length": 512,
    }
    if chat:
        settings["chat_template"] = CHAT_TEMPLATE
    (directory / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")


def _tiny_config(family: str, vocab_size: int, **overrides: Any) -> Any:
    from transformers import AutoConfig

    gpt_like: dict[str, Any] = {"bos_token_id": 0, "eos_token_id": 0, "initializer_range": 0.3}
    llama_like: dict[str, Any] = {
        "hidden_size": 48,
        "intermediate_size": 96,
        "num_hidden_layers": 3,
        "num_attention_heads": 6,
        "num_key_value_heads": 2,
        "max_position_embeddings": 512,
        "initializer_range": 0.3,
        "bos_token_id": 0,
        "eos_token_id": 0,
    }
    settings: dict[str, dict[str, Any]] = {
        "gpt_neo": gpt_like
        | {
            "hidden_size": 32,
            "num_layers": 4,
            "num_heads": 4,
            "max_position_embeddings": 512,
            "window_size": 32,
            "attention_types": [[["global", "local"], 2]],
        },
        "gpt2": gpt_like | {"n_embd": 32, "n_layer": 3, "n_head": 4, "n_positions": 512},
        "llama": llama_like | {"tie_word_embeddings": True},
        "qwen2": llama_like | {"tie_word_embeddings": True},
        "mistral": llama_like | {"sliding_window": 64},
    }
    return AutoConfig.for_model(
        family, **(settings[family] | {"vocab_size": vocab_size} | overrides)
    )

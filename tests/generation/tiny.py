"""Small models of every architecture, with random weights, and a byte-level tokenizer.

Everything is real transformers; only size and weights are not. Weights are drawn wide enough
that logits differ clearly, so that greedy text is a fair comparison.
"""

from copy import deepcopy
from pathlib import Path
from typing import Any

from gptcc_cli.generation import Request
from gptcc_cli.models import FoundModel, LoadedModel, ModelSpec, Quantize
from gptcc_cli.prompting import Prompt, PromptTemplate

WINDOW = 512


def tiny_tokenizer() -> Any:
    """One token a byte, then the end token 256: UTF-8 characters are split over tokens."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {letter: place for place, letter in enumerate(alphabet)}
    vocabulary["<|end|>"] = len(vocabulary)
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|end|>", bos_token="<|end|>"
    )


def tiny_config(family: str) -> Any:
    """A configuration of the family with all of its particulars, small.

    Those called ``wide_`` have heads of 32 numbers and widths that tiles divide, for compiled
    kernels.
    """
    import transformers

    kind, settings = _FAMILIES[family]
    # Configurations write into the values that they are given.
    return getattr(transformers, kind)(**deepcopy(_TOKENS | settings))


def tiny_loaded(family: str, dtype: str = "float32", *, ends: bool = True) -> LoadedModel:
    """A model of the family as ``gptcc_cli.models.load`` returns it."""
    import torch
    from transformers import AutoModelForCausalLM

    torch.manual_seed(0)
    config = tiny_config(family)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager")
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.dim() > 1:
                weight.normal_(0, 0.25)
            elif name.endswith("bias"):
                weight.normal_(0, 0.1)
    model = model.to(getattr(torch, dtype)).eval()
    return LoadedModel(
        found=FoundModel(
            name=f"tiny-{family}", path=Path("tiny"), commit=None, spec=ModelSpec(name="tiny")
        ),
        tokenizer=tiny_tokenizer(),
        config=config.to_dict(),
        device="cpu",
        dtype=dtype,
        quantize=Quantize.NONE,
        context_length=WINDOW,
        end_tokens=frozenset({256}) if ends else frozenset(),
        weights=model.state_dict,
        build=lambda: model,
    )


def prompt_of(text: str, *stops: str) -> Prompt:
    """A prompt with a bare template."""
    template = PromptTemplate(name="bare", sha256="0" * 64, stop_strings=stops, chat=False)
    return Prompt(text=text, template=template, n_tokens=len(text.encode()))


def request_of(prompt: Prompt, index: int = 0, temperature: float = 0.0, seed: int = 1) -> Request:
    """One candidate of a prompt."""
    return Request(prompt=prompt, index=index, temperature=temperature, seed=seed + index)


_TOKENS: dict[str, Any] = {"vocab_size": 257, "bos_token_id": 256, "eos_token_id": 256}
_GPT_NEO: dict[str, Any] = {
    "hidden_size": 48,
    "num_layers": 4,
    "num_heads": 4,
    "attention_types": [[["global", "local"], 2]],
    "window_size": 64,
    "max_position_embeddings": WINDOW,
}
_GPT2: dict[str, Any] = {"n_embd": 48, "n_layer": 3, "n_head": 4, "n_positions": WINDOW}
_LLAMA: dict[str, Any] = {
    "hidden_size": 48,
    "intermediate_size": 96,
    "num_hidden_layers": 3,
    "num_attention_heads": 6,
    "num_key_value_heads": 2,
    "max_position_embeddings": WINDOW,
}
_LLAMA3: dict[str, Any] = {
    "rope_type": "llama3",
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
    "rope_theta": 10000.0,
}
_OPT: dict[str, Any] = {
    "hidden_size": 48,
    "ffn_dim": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": WINDOW,
    "word_embed_proj_dim": 48,
    "pad_token_id": 0,
}
_WIDE_MISTRAL: dict[str, Any] = {"hidden_size": 192, "intermediate_size": 224, "sliding_window": 64}
_FAMILIES: dict[str, tuple[str, dict[str, Any]]] = {
    "gpt_neo": ("GPTNeoConfig", _GPT_NEO),
    "gpt2": ("GPT2Config", _GPT2),
    "llama": ("LlamaConfig", _LLAMA),
    "llama3": ("LlamaConfig", _LLAMA | {"rope_parameters": _LLAMA3, "attention_bias": True}),
    "smollm": ("LlamaConfig", _LLAMA | {"tie_word_embeddings": True}),
    "qwen2": ("Qwen2Config", _LLAMA),
    "qwen3": ("Qwen3Config", _LLAMA | {"head_dim": 16}),
    "mistral": ("MistralConfig", _LLAMA | {"sliding_window": 64}),
    "opt": ("OPTConfig", _OPT),
    "wide_gpt_neo": ("GPTNeoConfig", _GPT_NEO | {"hidden_size": 128}),
    "wide_mistral": ("MistralConfig", _LLAMA | _WIDE_MISTRAL),
    "wide_qwen3": ("Qwen3Config", _LLAMA | {"hidden_size": 64, "head_dim": 32}),
}

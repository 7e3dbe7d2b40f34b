"""GGUF -> a checkpoint that transformers reads: bf16 safetensors, configuration, tokenizer.

Covers what llama.cpp calls ``llama`` (Llama, SmolLM, Mistral) and ``qwen2``, with byte-level BPE.
The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Anything else goes through
transformers' own, much slower, reading.

Quantized blocks are decoded by the ``gguf`` package; values are then rounded to bfloat16.
"""

import json
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

from gptcc_cli.errors import ModelError
from gptcc_cli.models.safetensors_file import write_bf16
from gptcc_cli.models.torch_runtime import start_torch

_CONTROL, _USER_DEFINED = 3, 4  # tokenizer.ggml.token_type

_ARCHITECTURES = {"llama": "LlamaForCausalLM", "qwen2": "Qwen2ForCausalLM"}
_WORDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"
_BLANKS = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_PATTERNS = {
    "llama-bpe": _WORDS + r"\p{N}{1,3}" + _BLANKS,
    "qwen2": _WORDS + r"\p{N}" + _BLANKS,
}

_LAYER_NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_OUTER_NAMES = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}


class NotCovered(ModelError):
    """A GGUF file of a kind that is left to transformers."""


def convert(source: Path, directory: Path) -> None:
    """Write the checkpoint that a GGUF file holds into a directory.

    Raises:
        NotCovered: another kind of model, vocabulary or tensor than this file knows.
        ModelError: the file is no GGUF file, or is damaged.
        OSError: the directory can't be written.
    """
    start_torch()
    import gguf

    try:
        reader = gguf.GGUFReader(source)
        fields: dict[str, Any] = dict(reader.fields)
        config = _config(fields, {tensor.name for tensor in reader.tensors})
        _write_tokenizer(fields, directory)
        _write_weights(reader.tensors, config, directory / "model.safetensors")
    except (ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"{source} is no whole GGUF file: {str(error).strip() or type(error).__name__}",
            hint="fetch the file again",
        ) from error
    _write_json(directory / "config.json", config)
    ends = {name: config[name] for name in ("bos_token_id", "eos_token_id")}
    _write_json(directory / "generation_config.json", ends)


def _write_weights(tensors: Sequence[Any], config: Mapping[str, Any], path: Path) -> None:
    import gguf
    import torch

    heads = {"attn_q.weight": "num_attention_heads", "attn_k.weight": "num_key_value_heads"}
    interleaved = config["model_type"] == "llama"
    shapes = {_name(t.name): [int(n) for n in reversed(t.shape)] for t in tensors}

    def read() -> Iterator[tuple[str, Any]]:
        for tensor in tensors:
            values = gguf.dequantize(tensor.data, tensor.tensor_type)
            part = ".".join(tensor.name.split(".")[-2:])
            if interleaved and part in heads:
                values = _unpermute(values, config[heads[part]])
            yield _name(tensor.name), torch.from_numpy(values.copy())

    write_bf16(path, shapes, read())


def _config(fields: Mapping[str, Any], tensor_names: Set[str]) -> dict[str, Any]:
    architecture = _value(fields, "general.architecture")
    if architecture not in _ARCHITECTURES:
        raise NotCovered(f"GGUF files of the architecture {architecture!r} are not covered here")

    def value(key: str, default: Any = None) -> Any:
        return _value(fields, f"{architecture}.{key}", default)

    if value("rope.scaling.type") not in (None, "none") or value("expert_count"):
        raise NotCovered("GGUF files with scaled positions or experts are not covered here")
    heads = value("attention.head_count")
    hidden = value("embedding_length")
    return {
        "architectures": [_ARCHITECTURES[architecture]],
        "model_type": architecture,
        "vocab_size": len(fields["tokenizer.ggml.tokens"].data),
        "hidden_size": hidden,
        "intermediate_size": value("feed_forward_length"),
        "num_hidden_layers": value("block_count"),
        "num_attention_heads": heads,
        "num_key_value_heads": value("attention.head_count_kv", heads),
        "head_dim": value("rope.dimension_count", hidden // heads),
        "hidden_act": "silu",
        "max_position_embeddings": value("context_length"),
        "rms_norm_eps": value("attention.layer_norm_rms_epsilon", 1e-5),
        "rope_theta": value("rope.freq_base", 10000.0),
        "rope_scaling": None,
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": "output.weight" not in tensor_names,
        "bos_token_id": _value(fields, "tokenizer.ggml.bos_token_id"),
        "eos_token_id": _value(fields, "tokenizer.ggml.eos_token_id"),
        "dtype": "bfloat16",
    }


def _unpermute(values: Any, n_heads: int) -> Any:
    # llama.cpp interleaves the two halves that rotary embedding pairs: row 2i, 2i+1 of a head
    # are rows i and i + half of the original.
    rows, columns = values.shape
    half = rows // n_heads // 2
    return values.reshape(n_heads, half, 2, columns).swapaxes(1, 2).reshape(rows, columns)


def _name(name: str) -> str:
    if name in _OUTER_NAMES:
        return _OUTER_NAMES[name]
    kind, _, rest = name.partition(".")
    number, _, part = rest.partition(".")
    part, _, suffix = part.rpartition(".")
    if kind != "blk" or part not in _LAYER_NAMES:
        raise NotCovered(f"the GGUF tensor {name} is not covered here")
    return f"model.layers.{number}.{_LAYER_NAMES[part]}.{suffix}"


def _write_tokenizer(fields: Mapping[str, Any], directory: Path) -> None:
    from tokenizers import Tokenizer, decoders, models, processors

    if _value(fields, "tokenizer.ggml.model") != "gpt2":
        raise NotCovered("GGUF files whose vocabulary is no byte-level BPE are not covered here")
    tokens = _value(fields, "tokenizer.ggml.tokens")
    kinds = _value(fields, "tokenizer.ggml.token_type")
    merges = [tuple(merge.split(" ", 1)) for merge in _value(fields, "tokenizer.ggml.merges")]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    backend = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    backend.pre_tokenizer = _pre_tokenizer(_value(fields, "tokenizer.ggml.pre", "default"))
    backend.decoder = decoders.ByteLevel()
    backend.post_processor = processors.ByteLevel(trim_offsets=False)
    backend.add_tokens(
        [_added(t) for t, kind in zip(tokens, kinds, strict=True) if kind == _USER_DEFINED]
    )
    backend.add_special_tokens(
        [_added(t) for t, kind in zip(tokens, kinds, strict=True) if kind == _CONTROL]
    )
    backend.save(str(directory / "tokenizer.json"))
    settings: dict[str, Any] = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "clean_up_tokenization_spaces": False,
        "add_bos_token": bool(_value(fields, "tokenizer.ggml.add_bos_token", False)),
    }
    for name, key in (("bos", "bos"), ("eos", "eos"), ("unk", "unknown"), ("pad", "padding")):
        number = _value(fields, f"tokenizer.ggml.{key}_token_id")
        if number is not None:
            settings[f"{name}_token"] = tokens[number]
    template = _value(fields, "tokenizer.chat_template")
    if template:
        settings["chat_template"] = template
    _write_json(directory / "tokenizer_config.json", settings)


def _added(token: str) -> Any:
    from tokenizers import AddedToken

    return AddedToken(token, normalized=False, special=True)


def _pre_tokenizer(name: str) -> Any:
    # llama.cpp's names for how text is cut before merging (llama-vocab.cpp).
    from tokenizers import Regex
    from tokenizers import pre_tokenizers as cut

    plain = cut.ByteLevel(add_prefix_space=False, use_regex=True)
    if name in ("smollm", "starcoder", "refact", "command-r", "codeshell"):
        return cut.Sequence([cut.Digits(individual_digits=True), plain])
    if name in ("default", "gpt-2"):
        return plain
    if name in _PATTERNS:
        pattern = Regex(_PATTERNS[name])
        return cut.Sequence(
            [cut.Split(pattern, "isolated"), cut.ByteLevel(add_prefix_space=False, use_regex=False)]
        )
    raise NotCovered(f"GGUF files whose text is cut as {name!r} are not covered here")


def _value(fields: Mapping[str, Any], name: str, default: Any = None) -> Any:
    field = fields.get(name)
    return default if field is None else field.contents()


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

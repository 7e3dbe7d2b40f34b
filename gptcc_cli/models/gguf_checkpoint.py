"""GGUF -> a checkpoint that transformers reads: bf16 safetensors, configuration, tokenizer.

Reads what llama.cpp calls ``llama`` (Llama, SmolLM, Mistral) and ``qwen2``, with byte-level BPE;
any other kind goes through transformers, which takes minutes where this takes seconds, once. The
result is kept in gptcc's cache, by the content of the file. The format:
https://github.com/ggml-org/ggml/blob/master/docs/gguf.md

Quantized blocks are decoded by the ``gguf`` package; values are then rounded to bfloat16 and
written tensor by tensor, so that a model never is in memory twice.
"""

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

from gptcc_cli.errors import ModelError
from gptcc_cli.models import cache
from gptcc_cli.models.spec import Fetching, FetchWatcher
from gptcc_cli.models.torch_runtime import start_torch
from gptcc_cli.places import cache_directory

_VERSION = 1
"""Grows when the conversion changes, so that old results are made again."""


def ensure(path: Path, *, progress: FetchWatcher | None = None, force: bool = False) -> Path:
    """Convert a GGUF file if that has not been done yet.

    Args:
        path: the file.
        progress: told about the steps.
        force: convert it again even if that was done.

    Returns:
        The converted directory.

    Raises:
        ModelError: the file is damaged or of a kind that nothing here can read, or the result
            can't be kept.
    """
    digest = _digest(path.resolve(), progress)
    target = cache.model_directory(f"gguf-{digest[:16]}-{_VERSION}")

    def fill(aside: Path) -> None:
        _tell(progress, f"converting {path.name}", path)
        convert(path, aside)

    return cache.make_directory(target, fill, source=str(path.resolve()), replace=force)


def convert(path: Path, directory: Path) -> None:
    """Write the checkpoint that a GGUF file holds into a directory.

    Raises:
        ModelError: the file is damaged, or nothing here can read its kind.
        OSError: the directory can't be written.
    """
    try:
        _convert(path, directory)
    except NotCovered:
        _through_transformers(path, directory)


def _through_transformers(path: Path, directory: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, utils

    utils.logging.disable_progress_bar()
    utils.logging.set_verbosity_error()
    for made in directory.iterdir():
        made.unlink()
    where = {"pretrained_model_name_or_path": str(path.parent.resolve()), "gguf_file": path.name}
    try:
        tokenizer = AutoTokenizer.from_pretrained(**where)
        model = AutoModelForCausalLM.from_pretrained(**where, dtype=torch.bfloat16)
        for option in ("quantization_config", "_pre_quantization_dtype"):
            if hasattr(model.config, option):
                delattr(model.config, option)
        model.save_pretrained(directory)
        tokenizer.save_pretrained(directory)
    except (ValueError, KeyError, RuntimeError, OSError, ImportError, TypeError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise ModelError(
            f"{path} can't be converted: {str(error).strip().splitlines()[0][:200]}",
            hint="use the model's safetensors form, or serve the file and use --endpoint",
        ) from error


def _digest(path: Path, progress: FetchWatcher | None) -> str:
    # Hashing gigabytes at each start would cost seconds: remembered by path, size and time.
    facts = path.stat()
    known = [str(path), facts.st_size, facts.st_mtime_ns]
    name = hashlib.sha256(str(path).encode()).hexdigest()[:16]
    memo = cache_directory() / "gguf-digests" / f"{name}.json"
    try:
        remembered = json.loads(memo.read_text(encoding="utf-8"))
        if remembered["file"] == known:
            return str(remembered["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not remembered, or not readable: it is computed again
    _tell(progress, f"reading {path.name}", path)
    digest = cache.sha256_of(path)
    cache.write_text(memo, json.dumps({"file": known, "sha256": digest}) + "\n")
    return digest


def _tell(progress: FetchWatcher | None, what: str, path: Path) -> None:
    if progress is not None:
        progress(Fetching(what=what, done_bytes=0, total_bytes=path.stat().st_size))


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


def _convert(source: Path, directory: Path) -> None:
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

    _write_bf16(path, shapes, read())


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


_BF16_BYTES = 2


def _write_bf16(
    path: Path, shapes: Mapping[str, Sequence[int]], tensors: Iterable[tuple[str, Any]]
) -> None:
    """Write tensors in bfloat16 as safetensors, one at a time.

    The format (github.com/huggingface/safetensors): eight bytes, little-endian, give the length
    of a JSON header that maps names to dtype, shape and offsets; the tensors' bytes follow.

    Args:
        path: the file; it is made.
        shapes: the shape of every tensor, in the order in which ``tensors`` gives them.
        tensors: names and torch tensors of any float dtype; each is dropped once written.

    Raises:
        OSError: the file can't be written.
        ValueError: the tensors are not those that ``shapes`` names.
    """
    import torch

    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, shape in shapes.items():
        start, end = end, end + _BF16_BYTES * math.prod(shape)
        header[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [start, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    expected = iter([(name, tuple(shape)) for name, shape in shapes.items()])
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for name, tensor in tensors:
            if (name, tuple(tensor.shape)) != next(expected, None):
                raise ValueError(f"{name} of shape {tuple(tensor.shape)} was not expected here")
            flat = tensor.to(torch.bfloat16).contiguous().view(torch.uint8).flatten()
            file.write(memoryview(flat.numpy()))
    if next(expected, None) is not None:
        raise ValueError("fewer tensors came than were expected")

"""Writes a tiny model as GGUF, the way llama.cpp's own conversion does."""

import json
from pathlib import Path
from typing import Any

NAMES = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
OUTER = {
    "model.embed_tokens.weight": "token_embd.weight",
    "model.norm.weight": "output_norm.weight",
    "lm_head.weight": "output.weight",
}


def write_gguf(
    checkpoint: Path, target: Path, *, pre: str = "gpt-2", architecture: str | None = None
) -> Path:
    """Write a Llama or Qwen2 checkpoint as a GGUF file with float32 tensors."""
    import gguf
    from safetensors.numpy import load_file

    config = json.loads((checkpoint / "config.json").read_text())
    kind = architecture or config["model_type"]
    writer = gguf.GGUFWriter(str(target), kind)
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config["rope_parameters"]["rope_theta"])
    writer.add_rope_dimension_count(config["hidden_size"] // config["num_attention_heads"])
    _add_tokenizer(writer, checkpoint, pre)
    for name, tensor in load_file(checkpoint / "model.safetensors").items():
        values = tensor
        if kind == "llama" and name.endswith("q_proj.weight"):
            values = _permuted(tensor, config["num_attention_heads"])
        elif kind == "llama" and name.endswith("k_proj.weight"):
            values = _permuted(tensor, config["num_key_value_heads"])
        writer.add_tensor(_name(name), values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return target


def _permuted(values: Any, n_heads: int) -> Any:
    # As llama.cpp's convert_hf_to_gguf.py describes it: the halves of each head interleave.
    rows, columns = values.shape
    halves = values.reshape(n_heads, 2, rows // n_heads // 2, columns)
    return halves.swapaxes(1, 2).reshape(rows, columns).copy()


def _name(name: str) -> str:
    if name in OUTER:
        return OUTER[name]
    _, _, number, *part, suffix = name.split(".")
    return f"blk.{number}.{NAMES['.'.join(part)]}.{suffix}"


def _add_tokenizer(writer: Any, checkpoint: Path, pre: str) -> None:
    import gguf

    backend = json.loads((checkpoint / "tokenizer.json").read_text())
    settings = json.loads((checkpoint / "tokenizer_config.json").read_text())
    vocabulary = backend["model"]["vocab"]
    tokens = sorted(vocabulary, key=vocabulary.__getitem__)
    special = {token["content"] for token in backend["added_tokens"]}
    kinds = [gguf.TokenType.CONTROL if t in special else gguf.TokenType.NORMAL for t in tokens]
    merges = [m if isinstance(m, str) else " ".join(m) for m in backend["model"]["merges"]]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges(merges)
    writer.add_bos_token_id(vocabulary[settings["bos_token"]])
    writer.add_eos_token_id(vocabulary[settings["eos_token"]])
    writer.add_add_bos_token(False)
    if "chat_template" in settings:
        writer.add_chat_template(settings["chat_template"])

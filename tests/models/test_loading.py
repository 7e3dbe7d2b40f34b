"""Loading local directories: the same tensors, tokens and choices as transformers gives."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gptcc_cli.errors import ExitCode, ModelError, UsageError
from gptcc_cli.models import LoadedModel, ModelSpec, count_parameters, find, load
from tests.tiny_models import FAMILIES, build_tiny_model


def load_directory(directory: Path, **settings: object) -> LoadedModel:
    settings = {"dtype": "float32", "device": "cpu"} | settings
    return load(find(ModelSpec(name=str(directory), explicit=True, **settings)))  # type: ignore[arg-type]


@pytest.fixture
def copy_of_model(tiny_model_dir: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model that a test may damage."""
    return Path(shutil.copytree(tiny_model_dir, tmp_path / "model"))


@pytest.mark.parametrize("family", FAMILIES)
def test_weights_are_the_tensors_of_the_transformers_model(tmp_path: Path, family: str) -> None:
    import torch

    loaded = load_directory(build_tiny_model(tmp_path / family, family))
    assert loaded.weights is not None
    weights = loaded.weights()
    state = loaded.model.state_dict()
    assert set(state) - set(weights) <= {"lm_head.weight"}
    assert all(torch.equal(state[name], tensor) for name, tensor in weights.items())


def test_old_bin_checkpoints_give_the_same_weights(copy_of_model: Path) -> None:
    import torch
    from safetensors.torch import load_file

    whole = load_file(copy_of_model / "model.safetensors")
    (copy_of_model / "model.safetensors").unlink()
    # As GPT-Neo checkpoints were written: no base prefix, masks stored beside the weights.
    old = {name.removeprefix("transformer."): tensor for name, tensor in whole.items()}
    old["h.0.attn.attention.bias"] = torch.ones(1, 1, 4, 4, dtype=torch.uint8)
    old["h.0.attn.attention.masked_bias"] = torch.tensor(-1e9)
    torch.save(old, copy_of_model / "pytorch_model.bin")
    loaded = load_directory(copy_of_model)
    assert loaded.weights is not None
    weights = loaded.weights()
    assert set(weights) == set(whole)
    assert all(torch.equal(weights[name], tensor) for name, tensor in whole.items())
    assert torch.equal(loaded.model.lm_head.weight, whole["transformer.wte.weight"])


def test_floats_come_in_the_dtype_asked_for(tiny_model_dir: Path) -> None:
    import torch

    loaded = load_directory(tiny_model_dir, dtype="bfloat16")
    assert loaded.weights is not None
    assert {tensor.dtype for tensor in loaded.weights().values()} == {torch.bfloat16}
    assert loaded.model.dtype == torch.bfloat16


def test_the_model_is_built_once(tiny_model_dir: Path) -> None:
    loaded = load_directory(tiny_model_dir)
    assert loaded.model is loaded.model
    assert not loaded.model.training


def test_end_tokens_join_tokenizer_configuration_and_chat_template(
    tiny_chat_model_dir: Path,
) -> None:
    loaded = load_directory(tiny_chat_model_dir)
    tokenizer = loaded.tokenizer
    named = {tokenizer.token_id("<|endoftext|>"), tokenizer.token_id("<|im_end|>")}
    assert loaded.end_tokens == named


def test_context_length_is_the_models(tiny_model_dir: Path) -> None:
    assert load_directory(tiny_model_dir).context_length == 512


def test_auto_says_what_it_chose_and_why(tiny_model_dir: Path) -> None:
    loaded = load_directory(tiny_model_dir, dtype="auto", device="auto")
    assert any(note.startswith(f"device {loaded.device}: ") for note in loaded.notes)
    assert any(note.startswith(f"dtype {loaded.dtype}: ") for note in loaded.notes)


@pytest.mark.parametrize("setting", [{"device": "tpu"}, {"device": "cuda:x"}, {"dtype": "int3"}])
def test_settings_that_mean_nothing_are_wrong_usage(
    tiny_model_dir: Path, setting: dict[str, str]
) -> None:
    with pytest.raises(UsageError):
        load_directory(tiny_model_dir, **setting)


def test_a_gpu_that_is_not_there_is_an_error_and_never_the_cpu(tiny_model_dir: Path) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    with pytest.raises(ModelError, match="no CUDA GPU") as caught:
        load_directory(tiny_model_dir, device="cuda")
    assert caught.value.exit_code is ExitCode.MODEL


@pytest.mark.parametrize("keep_bytes", [0, 5, 1000])
def test_truncated_safetensors_are_named_with_the_command_that_mends(
    copy_of_model: Path, keep_bytes: int
) -> None:
    path = copy_of_model / "model.safetensors"
    path.write_bytes(path.read_bytes()[:keep_bytes])
    loaded = load_directory(copy_of_model)
    assert loaded.weights is not None
    for read in (loaded.weights, loaded.build):
        with pytest.raises(ModelError, match="is damaged") as caught:
            read()
        assert caught.value.hint is not None and "models pull" in caught.value.hint


def test_a_damaged_bin_is_named(copy_of_model: Path) -> None:
    (copy_of_model / "model.safetensors").unlink()
    (copy_of_model / "pytorch_model.bin").write_bytes(b"PK\x03\x04 half a file")
    loaded = load_directory(copy_of_model)
    assert loaded.weights is not None
    with pytest.raises(ModelError, match=r"pytorch_model\.bin is damaged"):
        loaded.weights()


def test_a_pickle_that_runs_code_is_refused(copy_of_model: Path, tmp_path: Path) -> None:
    import torch

    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (tmp_path / "sprung",)

    (copy_of_model / "model.safetensors").unlink()
    torch.save({"transformer.wte.weight": Trap()}, copy_of_model / "pytorch_model.bin")
    loaded = load_directory(copy_of_model)
    assert loaded.weights is not None
    for read in (loaded.weights, loaded.build):
        with pytest.raises(ModelError, match="damaged"):
            read()
    assert not (tmp_path / "sprung").exists()


def test_a_directory_without_weights_is_refused(copy_of_model: Path) -> None:
    (copy_of_model / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="no whole set of weights"):
        load_directory(copy_of_model)


def test_a_directory_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no config\.json"):
        load_directory(tmp_path)


@pytest.mark.parametrize("text", ["{not json", "[]", ""])
def test_a_damaged_configuration_is_named(copy_of_model: Path, text: str) -> None:
    (copy_of_model / "config.json").write_text(text)
    with pytest.raises(ModelError, match=r"config\.json"):
        load_directory(copy_of_model)


def test_a_damaged_tokenizer_is_named(copy_of_model: Path) -> None:
    (copy_of_model / "tokenizer.json").write_text("{")
    with pytest.raises(ModelError, match=r"tokenizer\.json"):
        load_directory(copy_of_model)


def test_a_model_that_writes_no_text_is_refused(copy_of_model: Path) -> None:
    config = {"model_type": "vit", "architectures": ["ViTModel"]}
    (copy_of_model / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="no causal language model"):
        _ = load_directory(copy_of_model).model


def test_code_of_a_model_never_runs_unasked(copy_of_model: Path, tmp_path: Path) -> None:
    config = json.loads((copy_of_model / "config.json").read_text())
    config |= {
        "model_type": "homemade",
        "auto_map": {"AutoModelForCausalLM": "trap.Model", "AutoConfig": "trap.Config"},
    }
    (copy_of_model / "config.json").write_text(json.dumps(config))
    marker = tmp_path / "sprung"
    (copy_of_model / "trap.py").write_text(f"open({str(marker)!r}, 'w')\n")
    with pytest.raises(ModelError, match="code of its own") as caught:
        load_directory(copy_of_model)
    assert caught.value.hint is not None and "--trust-remote-code" in caught.value.hint
    assert not marker.exists()


def test_missing_tensors_are_never_filled_with_random_numbers(copy_of_model: Path) -> None:
    from safetensors.torch import load_file, save_file

    tensors = load_file(copy_of_model / "model.safetensors")
    del tensors["transformer.h.1.mlp.c_fc.weight"]
    save_file(tensors, copy_of_model / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"h\.1\.mlp\.c_fc\.weight"):
        _ = load_directory(copy_of_model).model


def test_bin_files_of_old_torch_are_read_too(copy_of_model: Path) -> None:
    import torch
    from safetensors.torch import load_file

    whole = load_file(copy_of_model / "model.safetensors")
    (copy_of_model / "model.safetensors").unlink()
    path = copy_of_model / "pytorch_model.bin"
    torch.save(whole, path, _use_new_zipfile_serialization=False)
    loaded = load_directory(copy_of_model)
    assert loaded.weights is not None
    assert all(torch.equal(whole[name], tensor) for name, tensor in loaded.weights().items())


def split_in_two(directory: Path) -> None:
    """Write the weights as two shards with an index, as large models come."""
    from safetensors.torch import load_file, save_file

    tensors = load_file(directory / "model.safetensors")
    (directory / "model.safetensors").unlink()
    names = sorted(tensors)
    weight_map = {}
    for number, part in enumerate((names[::2], names[1::2]), start=1):
        shard = f"model-0000{number}-of-00002.safetensors"
        save_file({n: tensors[n] for n in part}, directory / shard, metadata={"format": "pt"})
        weight_map |= dict.fromkeys(part, shard)
    index = {"metadata": {"total_size": 0}, "weight_map": weight_map}
    (directory / "model.safetensors.index.json").write_text(json.dumps(index))


def test_shards_are_read_together(copy_of_model: Path, tiny_model_dir: Path) -> None:
    import torch

    split_in_two(copy_of_model)
    sharded, whole = load_directory(copy_of_model), load_directory(tiny_model_dir)
    assert sharded.weights is not None and whole.weights is not None
    expected = whole.weights()
    weights = sharded.weights()
    assert set(weights) == set(expected)
    assert all(torch.equal(weights[name], tensor) for name, tensor in expected.items())
    assert count_parameters(sharded.found) == count_parameters(whole.found)


def test_a_missing_shard_is_found_before_anything_is_read(copy_of_model: Path) -> None:
    split_in_two(copy_of_model)
    (copy_of_model / "model-00002-of-00002.safetensors").unlink()
    with pytest.raises(ModelError, match="no whole set of weights"):
        load_directory(copy_of_model)


@pytest.mark.slow
def test_code_of_a_model_runs_when_it_is_trusted(tiny_chat_model_dir: Path, tmp_path: Path) -> None:
    directory = Path(shutil.copytree(tiny_chat_model_dir, tmp_path / "homemade"))
    config = json.loads((directory / "config.json").read_text())
    config |= {
        "model_type": "homemade",
        "auto_map": {
            "AutoConfig": "homemade.HomemadeConfig",
            "AutoModelForCausalLM": "homemade.HomemadeModel",
        },
    }
    (directory / "config.json").write_text(json.dumps(config))
    (directory / "homemade.py").write_text(
        "from transformers import LlamaConfig, LlamaForCausalLM\n"
        "class HomemadeConfig(LlamaConfig):\n    model_type = 'homemade'\n"
        "class HomemadeModel(LlamaForCausalLM):\n    config_class = HomemadeConfig\n"
    )
    program = (
        "import sys\n"
        "from gptcc_cli.models import ModelSpec, find, load\n"
        "spec = ModelSpec(name=sys.argv[1], trust_remote_code=True, dtype='float32')\n"
        "loaded = load(find(spec))\n"
        "print(loaded.weights, type(loaded.model).__name__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(directory)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "HF_HOME": str(tmp_path / "hf")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "None HomemadeModel", done.stderr

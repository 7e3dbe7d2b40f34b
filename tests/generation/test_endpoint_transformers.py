"""The endpoint generator against ``transformers serve``, as it comes."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gptcc_cli.errors import ModelError
from gptcc_cli.generation import EndpointGenerator, EndpointStyle, Finish, Sampling, plan
from tests.generation.tiny import prompt_of
from tests.tiny_models import build_tiny_model

pytest.importorskip("uvicorn", reason="transformers[serving] is not installed")
pytest.importorskip("fastapi", reason="transformers[serving] is not installed")

SETTINGS = Sampling(n=3, temperatures=(0.8,), max_new_tokens=8)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    model = build_tiny_model(tmp_path_factory.mktemp("served") / "m", "llama", chat=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [Path(sys.executable).with_name("transformers"), "serve", str(model)]
    with subprocess.Popen(
        [*map(str, command), "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"],
        env=os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}", str(model)
        process.terminate()


def _wait_for(port, process):
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        assert process.poll() is None
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        try:
            process.wait(0.2)
        except subprocess.TimeoutExpired:
            continue
    pytest.fail("transformers serve did not start")


@pytest.mark.slow
@pytest.mark.parametrize("style", EndpointStyle)
def test_a_real_server_writes_every_candidate(server, style):
    url, model = server
    generator = EndpointGenerator(url, model=model, style=style, backoff_s=0.01)

    completions = list(generator.generate(plan([prompt_of("def f")], SETTINGS, "p"), SETTINGS))

    assert sorted(completion.index for completion in completions) == [0, 1, 2]
    assert all(completion.finish is not Finish.CANCELLED for completion in completions)
    assert any(completion.text for completion in completions)


@pytest.mark.slow
def test_a_model_the_server_was_not_started_with_is_one_sentence(server):
    generator = EndpointGenerator(server[0], model="no-such", backoff_s=0.01)

    with pytest.raises(ModelError, match=r"refuses|no such model") as caught:
        list(generator.generate(plan([prompt_of("def f")], SETTINGS, "p"), SETTINGS))
    assert "\n" not in caught.value.message

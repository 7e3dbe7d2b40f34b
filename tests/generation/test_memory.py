"""Memory that ends: a real process under a real limit goes on with fewer rows."""

import subprocess
import sys

import pytest

from gptcc_cli.errors import ModelError
from gptcc_cli.generation import Sampling
from gptcc_cli.generation.engine import LocalEngine
from tests.generation.tiny import prompt_of, request_of, tiny_loaded

PROGRAM = """
import resource
import torch
torch.set_num_threads(1)
from gptcc_cli.generation import Sampling, open_generator, plan
from tests.generation.tiny import prompt_of, tiny_loaded

generator = open_generator(tiny_loaded("gpt_neo", ends=False))
sampling = Sampling(n={n}, temperatures=(0.9,), max_new_tokens={new}, batch_size={n})
list(generator.generate(plan([prompt_of("a")], sampling, "p"), Sampling(max_new_tokens=2)))
now = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (now + {spare}, resource.RLIM_INFINITY))
notes = []
watch = lambda writing: writing.note and notes.append(writing.note)
completions = list(generator.generate(plan([prompt_of("a")], sampling, "p"), sampling, watch=watch))
print(len(completions), len({{c.index for c in completions}}), {{c.n_tokens for c in completions}})
print(*notes, sep="\\n")
"""


def _run(**settings):
    program = PROGRAM.format(**settings)
    command = [sys.executable, "-c", program]
    return subprocess.run(command, check=False, capture_output=True, text=True)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_AS holds on Linux")
def test_where_memory_ends_the_batch_halves_says_so_and_loses_nobody():
    # 256 rows of 256 tokens need 100 MB of keys and values; half of them fit with room to spare
    # for whatever else a step needs.
    done = _run(n=256, new=256, spare=75 << 20)
    assert done.returncode == 0, done.stderr

    lines = done.stdout.splitlines()
    assert lines[0] == "256 256 {256}", done.stderr
    assert lines[1].startswith("memory ran out with 256 candidates at once")


def test_one_candidate_that_does_not_fit_is_an_error_to_mend(monkeypatch):
    """Memory is taken away by hand: one tiny row always fits."""
    generator = LocalEngine(tiny_loaded("gpt2"))

    def step(*_):
        raise MemoryError

    monkeypatch.setattr(generator._decoder, "step", step)

    with pytest.raises(ModelError, match="single candidate"):
        list(generator.generate([request_of(prompt_of("a"))], Sampling(max_new_tokens=5)))

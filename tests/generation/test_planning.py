import subprocess
import sys
from itertools import product

import pytest

from gptcc_cli.errors import UsageError
from gptcc_cli.generation import Sampling, derive_seed, plan
from tests.generation.tiny import prompt_of


def test_every_prompt_meets_every_temperature():
    prompts = [prompt_of("a"), prompt_of("b"), prompt_of("c")]
    temperatures = (0.2, 0.6, 0.8)

    requests = list(plan(prompts, Sampling(n=9, temperatures=temperatures), "p"))

    met = {(request.prompt.text, request.temperature) for request in requests}
    assert met == set(product("abc", temperatures))
    assert [request.index for request in requests] == list(range(9))


def test_a_ladder_is_climbed_once_by_every_prompt_and_goes_on_with_its_later_steps():
    sampling = Sampling(n=14, temperatures=(0.2, 0.5), temperature_schedule=(0.7, 0.9))
    requests = list(plan([prompt_of("a"), prompt_of("b")], sampling, "p"))

    climbed = [0.2, 0.5, 0.7, 0.9, 0.7, 0.9, 0.7]
    for name in "ab":
        met = [one.temperature for one in requests if one.prompt.text == name]
        assert met == climbed


def test_a_candidate_does_not_depend_on_how_many_are_asked_for():
    few = list(plan([prompt_of("a")], Sampling(n=3, seed=7), "p"))
    many = list(plan([prompt_of("a")], Sampling(n=30, seed=7), "p"))

    assert many[:3] == few


def test_seeds_differ_by_run_problem_and_candidate():
    seeds = {
        derive_seed(run, problem, index)
        for run, problem, index in product((0, 1), ("a", "a0", "b"), range(20))
    }

    assert len(seeds) == 2 * 3 * 20


def test_a_seed_is_the_same_in_another_process():
    program = "from gptcc_cli.generation import derive_seed; print(derive_seed(3, 'x', 5))"
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert int(other.stdout) == derive_seed(3, "x", 5)
    assert derive_seed(3, "x", 5) == 2401330669383547599


@pytest.mark.parametrize(
    "sampling",
    [
        Sampling(n=0),
        Sampling(n=5, temperatures=(0,)),
        Sampling(temperatures=()),
        Sampling(temperatures=(-0.5,)),
        Sampling(temperatures=(float("nan"),)),
        Sampling(temperature_schedule=(-1.0,)),
        Sampling(top_p=0),
        Sampling(top_p=1.5),
        Sampling(top_k=-1),
        Sampling(max_new_tokens=0),
        Sampling(batch_size=0),
    ],
)
def test_settings_that_cannot_be_meant_are_refused_before_anything_runs(sampling):
    with pytest.raises(UsageError):
        plan([prompt_of("a")], sampling, "p")


def test_one_greedy_candidate_is_fine():
    (request,) = plan([prompt_of("a")], Sampling(n=1, temperatures=(0,)), "p")

    assert request.temperature == 0


def test_importing_the_room_imports_no_torch():
    program = (
        "import sys, gptcc_cli.generation; print([m for m in sys.modules "
        "if m.split('.')[0] in ('torch', 'transformers', 'numpy', 'httpx', 'tokenizers')])"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert out.stdout.strip() == b"[]"

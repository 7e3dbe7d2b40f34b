"""How good the model is on problems it is not trained on: loss, and programs that pass."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gptcc_cli.errors import ProblemError
from gptcc_cli.extraction import extract
from gptcc_cli.generation import Sampling, TransformersGenerator, plan
from gptcc_cli.judging import Judge, Verdict
from gptcc_cli.models import LoadedModel
from gptcc_cli.problem import IOTest, Problem
from gptcc_cli.prompting import Prompt, PromptTemplate, build_prompt
from gptcc_cli.statement import read_statement
from gptcc_cli.training.batches import Collator
from gptcc_cli.training.encoding import Example
from gptcc_cli.training.loss import answer_loss
from gptcc_cli.training.problems import TrainingProblem


def validation_loss(
    model: Any,
    examples: Sequence[Example],
    collator: Collator,
    *,
    batch: int,
    accelerator: Any,
) -> float | None:
    """The mean cross-entropy of an answer token, over all processes.

    Args:
        model: the model, as it stands.
        examples: those of the validation problems.
        collator: makes rows as long as the longest example.
        batch: examples at a time.
        accelerator: of accelerate; shares the work among its processes.

    Returns:
        ``None`` if there are no examples.
    """
    import torch

    if not examples:
        return None
    in_order = sorted(examples, key=lambda example: len(example.tokens))
    batches = [in_order[start : start + batch] for start in range(0, len(in_order), batch)]
    mine = batches[accelerator.process_index :: accelerator.num_processes]
    sums = torch.zeros(2, dtype=torch.float64, device="cpu")
    was_training = model.training
    model.eval()
    with torch.no_grad():
        for one in mine:
            tensors = collator(one)
            weight = float(tensors["loss_weights"].sum())
            placed = {name: tensor.to(accelerator.device) for name, tensor in tensors.items()}
            sums += torch.tensor([float(answer_loss(model, placed)), weight], dtype=torch.float64)
    model.train(was_training)
    total = accelerator.reduce(sums.float().to(accelerator.device), reduction="sum")
    return float(total[0] / total[1])


class PassRate:
    """Counts the problems of which the model writes a program that passes every test."""

    def __init__(
        self,
        problems: Sequence[TrainingProblem],
        *,
        loaded: LoadedModel,
        template: PromptTemplate,
        judge: Judge,
        max_new_tokens: int = 256,
    ) -> None:
        """Choose the problems that can be judged.

        Args:
            problems: those kept for validation; their tests are used, else their samples.
            loaded: for the tokenizer and the window; the model is given later.
            template: what the model is taught.
            judge: runs the programs in its sandbox.
            max_new_tokens: of a program.
        """
        self._loaded = loaded
        self._template = template
        self._judge = judge
        self._sampling = Sampling(n=1, temperatures=(0.0,), max_new_tokens=max_new_tokens)
        self._tasks = [task for one in problems if (task := self._task(one)) is not None]

    def __len__(self) -> int:
        """How many problems are tried."""
        return len(self._tasks)

    def __call__(self, model: Any) -> tuple[int, int]:
        """Write one greedy program for each; return the problems solved and tried."""
        loaded = replace(self._loaded, weights=None, build=lambda: model, device=str(model.device))
        generator = TransformersGenerator(loaded, why="the model is being trained")
        was_training = model.training
        model.eval()
        try:
            solved = sum(self._solves(generator, *task) for task in self._tasks)
        finally:
            model.train(was_training)
        return solved, len(self._tasks)

    def _solves(
        self,
        generator: TransformersGenerator,
        problem: Problem,
        tests: tuple[IOTest, ...],
        prompt: Prompt,
    ) -> bool:
        requests = plan([prompt], self._sampling, problem.id)
        (completion,) = generator.generate(requests, self._sampling)
        candidate = extract(completion, problem)
        judgement = self._judge.judge(candidate, problem, tests, stop_at_first_failure=True)
        return judgement.verdict is Verdict.AC

    def _task(self, one: TrainingProblem) -> tuple[Problem, tuple[IOTest, ...], Prompt] | None:
        read = read_statement(
            one.statement,
            id=one.id,
            starter_code=one.starter_code or None,
            entry_point=one.entry_point,
        ).problem
        problem = replace(one.problem, samples=read.samples)
        tests = one.tests or problem.trusted_samples
        tokenizer = self._loaded.tokenizer
        chat = self._template.chat
        try:
            prompt = build_prompt(
                problem,
                self._template,
                count_tokens=lambda text: tokenizer.count(text, add_special_tokens=not chat),
                render_chat=tokenizer.render_chat if chat else None,
                window=self._loaded.context_length,
                max_new_tokens=self._sampling.max_new_tokens,
            )
        except ProblemError:
            return None
        return (problem, tests, prompt) if tests else None

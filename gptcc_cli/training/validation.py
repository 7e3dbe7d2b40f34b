"""Measuring the model on held-out problems, and verifying solutions before training on them."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from gptcc_cli.errors import ProblemError
from gptcc_cli.extraction import Candidate, extract
from gptcc_cli.generation import Sampling, TransformersGenerator, plan
from gptcc_cli.judging import Judge, Verdict
from gptcc_cli.models import LoadedModel
from gptcc_cli.problem import IOTest, Problem
from gptcc_cli.prompting import Prompt, PromptTemplate, build_prompt
from gptcc_cli.statement import read_statement
from gptcc_cli.training.batches import Collator, answer_loss
from gptcc_cli.training.encoding import Example
from gptcc_cli.training.problems import TrainingProblem


def validation_loss(
    model: Any,
    examples: Sequence[Example],
    collator: Collator,
    *,
    batch: int,
    accelerator: Any,
) -> float | None:
    """Return the mean cross-entropy of an answer token, over all processes.

    Args:
        model: The model.
        examples: The examples of the validation problems.
        collator: Makes rows as long as the longest example.
        batch: Examples at a time.
        accelerator: accelerate's; divides the work among its processes.

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
    """Counts the problems for which the model writes a program that passes every test."""

    def __init__(
        self,
        problems: Sequence[TrainingProblem],
        *,
        loaded: LoadedModel,
        template: PromptTemplate,
        judge: Judge,
        max_new_tokens: int = 256,
    ) -> None:
        """Select the problems that can be judged.

        Args:
            problems: Validation problems; their tests are used, or else their samples.
            loaded: Gives the tokenizer and the context length; the weights come with each call.
            template: The template the model is trained with.
            judge: Runs the programs in its sandbox.
            max_new_tokens: Maximum tokens per program.
        """
        self._loaded = loaded
        self._template = template
        self._judge = judge
        self._sampling = Sampling(n=1, temperatures=(0.0,), max_new_tokens=max_new_tokens)
        self._cases = [case for one in problems if (case := self._case(one)) is not None]

    def __len__(self) -> int:
        """Return the number of problems."""
        return len(self._cases)

    def __call__(self, model: Any) -> tuple[int, int]:
        """Write one greedy program per problem; return the problems solved and tried."""
        loaded = replace(self._loaded, weights=None, build=lambda: model, device=str(model.device))
        generator = TransformersGenerator(loaded, why="the model is being trained")
        was_training = model.training
        model.eval()
        try:
            solved = sum(self._solves(generator, *case) for case in self._cases)
        finally:
            model.train(was_training)
        return solved, len(self._cases)

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

    def _case(self, one: TrainingProblem) -> tuple[Problem, tuple[IOTest, ...], Prompt] | None:
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


def verified(
    problems: Iterable[TrainingProblem],
    judge: Judge,
) -> tuple[tuple[TrainingProblem, ...], Counter[str]]:
    """Keep only the solutions that pass every test of their problem.

    A problem without tests, or whose tests the sandbox can't run, keeps no solution.

    Args:
        problems: Problems that were read with their tests.
        judge: Runs the solutions.

    Returns:
        The problems with the solutions that passed, and the number of the others by verdict (``no
        tests`` if there was nothing to verify with).

    Raises:
        ExecutionRefused: The sandbox can't be used.
    """
    kept: list[TrainingProblem] = []
    left_out: Counter[str] = Counter()
    for problem in problems:
        verdicts = (
            _verdicts(problem, judge) if problem.tests else ["no tests"] * len(problem.solutions)
        )
        passed = Verdict.AC.value
        left_out.update(verdict for verdict in verdicts if verdict != passed)
        pairs = zip(problem.solutions, verdicts, strict=True)
        solutions = tuple(source for source, verdict in pairs if verdict == passed)
        kept.append(replace(problem, solutions=solutions))
    return tuple(kept), left_out


def _verdicts(problem: TrainingProblem, judge: Judge) -> list[str]:
    # All solutions are submitted before the first is awaited, to use all of the judge's workers.
    futures = [
        judge.submit(_candidate(source), problem.problem, problem.tests)
        for source in problem.solutions
    ]
    verdicts = [future.result().verdict for future in futures]
    return [verdict.value if verdict else "no tests" for verdict in verdicts]


def _candidate(source: str) -> Candidate:
    digest = hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()
    return Candidate(id=digest, source=source, completions=())

"""Problems and answers -> examples: tokens, and which of them the model learns.

The prompt is the text that ``prompting`` builds, encoded as for generation, so that the model is
trained on the prompts it will be given. In the loss, prompt tokens have weight 0 and answer tokens
weight 1. Does not put examples into batches (``batches``).
"""

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from gptcc_cli.errors import ProblemError
from gptcc_cli.models import Tokenizer
from gptcc_cli.problem import Problem
from gptcc_cli.prompting import Prompt, PromptTemplate, build_prompt, choose_template, load_template
from gptcc_cli.statement import read_statement
from gptcc_cli.training.answers import prepare_answers
from gptcc_cli.training.problems import TrainingProblem
from gptcc_cli.training.recipe import Recipe

_UNLIMITED = 1 << 30
_FENCE = "\n```"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One answer to one problem, as the model reads it."""

    problem_id: str
    tokens: "array[int]"
    """The prompt, the answer, and the end token if the recipe has one."""
    n_prompt: int
    """Tokens of the prompt, which have no weight."""

    @property
    def n_answer(self) -> int:
        """Tokens of the answer, which have weight."""
        return len(self.tokens) - self.n_prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """All examples of a set of problems."""

    examples: tuple[Example, ...]
    left_out: Counter[str]
    """Solutions without an example, by reason."""
    n_shortened: int
    """Examples whose statement or answer was cut."""

    @property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """The indices of each problem's examples."""
        found: dict[str, list[int]] = {}
        for place, example in enumerate(self.examples):
            found.setdefault(example.problem_id, []).append(place)
        return tuple(map(tuple, found.values()))


class Encoder:
    """Encodes examples for one tokenizer by one recipe."""

    def __init__(self, tokenizer: Tokenizer, recipe: Recipe) -> None:
        """Choose the prompt template.

        Args:
            tokenizer: The model's tokenizer.
            recipe: ``prompt = "auto"`` uses a chat if the model has a chat template, and APPS'
                training prompt otherwise.

        Raises:
            UsageError: There is no such template.
        """
        self._tokenizer = tokenizer
        self._recipe = recipe
        chat = tokenizer.chat_template is not None
        name = recipe.prompt
        if name == "auto":
            name = choose_template(Problem(id="", statement=""), chat=chat)
        self.template: PromptTemplate = load_template(name)
        self._whole: tuple[Problem, Prompt] | None = None

    def encode(self, problems: Iterable[TrainingProblem]) -> Encoded:
        """Make an example of every answer that the recipe does not leave out."""
        examples: list[Example] = []
        left_out: Counter[str] = Counter()
        n_shortened = 0
        for one in problems:
            answers, dropped = prepare_answers(one.solutions, self._recipe)
            left_out += dropped
            for answer in answers:
                result = self.example(one.problem, answer)
                if isinstance(result, str):
                    left_out[result] += 1
                    continue
                example, shortened = result
                examples.append(example)
                n_shortened += shortened
        return Encoded(examples=tuple(examples), left_out=left_out, n_shortened=n_shortened)

    def example(self, problem: Problem, answer: str) -> tuple[Example, bool] | str:
        """Make one example.

        Args:
            problem: The problem.
            answer: A complete program.

        Returns:
            The example and whether it was shortened, or the reason why there is none.

        Raises:
            UsageError: The template has no form for this kind of problem.
        """
        try:
            prompt = self._prompt(problem, n_answer=None)
        except ProblemError:
            return "statement too long"
        text = self._answer_text(prompt, answer)
        if text is None:
            return "does not continue the starter code"
        answer_ids = self._tokenizer.encode(text)
        prompt_ids = self._encode_prompt(prompt)
        end = self._end_tokens()
        room = self._recipe.max_tokens - len(end)
        if len(prompt_ids) + len(answer_ids) <= room:
            return self._example(problem, prompt_ids, answer_ids + end), False
        match self._recipe.shorten:
            case "drop":
                return "too long"
            case "longest-first":
                prompt_ids, answer_ids = _longest_first(prompt_ids, answer_ids, room)
                return self._example(problem, prompt_ids, answer_ids + end), True
            case "statement-middle":
                return self._with_shorter_statement(problem, answer_ids + end)

    def _with_shorter_statement(
        self, problem: Problem, answer_ids: list[int]
    ) -> tuple[Example, bool] | str:
        try:
            prompt = self._prompt(problem, n_answer=len(answer_ids))
        except ProblemError:
            return "statement too long"
        prompt_ids = self._encode_prompt(prompt)
        if len(prompt_ids) + len(answer_ids) > self._recipe.max_tokens:
            return "answer too long"
        return self._example(problem, prompt_ids, answer_ids), True

    def _prompt(self, problem: Problem, *, n_answer: int | None) -> Prompt:
        """Return the full prompt, or one that leaves room for an answer of ``n_answer`` tokens."""
        if n_answer is None and self._whole is not None and self._whole[0] is problem:
            return self._whole[1]
        if n_answer is not None:
            # Only a prompt that must be shortened needs to know where the samples are.
            read = read_statement(problem.statement, id=problem.id)
            problem = replace(problem, samples=read.problem.samples)
        tokenizer = self._tokenizer
        chat = tokenizer.chat_template is not None
        prompt = build_prompt(
            problem,
            self.template,
            count_tokens=lambda text: tokenizer.count(
                text, add_special_tokens=not self.template.chat
            ),
            render_chat=tokenizer.render_chat if chat else None,
            window=_UNLIMITED if n_answer is None else self._recipe.max_tokens,
            max_new_tokens=n_answer or 0,
        )
        if n_answer is None:
            self._whole = (problem, prompt)
        return prompt

    def _encode_prompt(self, prompt: Prompt) -> list[int]:
        # As for generation: the text of a chat already has the first token.
        return self._tokenizer.encode(prompt.text, add_special_tokens=not prompt.template.chat)

    def _answer_text(self, prompt: Prompt, answer: str) -> str | None:
        if not answer.startswith(prompt.prefix):
            return None
        text = answer[len(prompt.prefix) :]
        if prompt.template.chat and _FENCE in prompt.template.stop_strings:
            return text.rstrip() + _FENCE
        return text

    def _end_tokens(self) -> list[int]:
        end = self._tokenizer.eos_token_id
        return [end] if self._recipe.end_token and end is not None else []

    def _example(self, problem: Problem, prompt_ids: list[int], answer_ids: list[int]) -> Example:
        return Example(
            problem_id=problem.id,
            tokens=array("i", prompt_ids + answer_ids),
            n_prompt=len(prompt_ids),
        )


def _longest_first(
    prompt_ids: list[int], answer_ids: list[int], room: int
) -> tuple[list[int], list[int]]:
    """Cut tokens one by one from the end of the longer (transformers' ``longest_first``).

    Of two equally long ones the second is cut.
    """
    n_prompt, n_answer = len(prompt_ids), len(answer_ids)
    excess = n_prompt + n_answer - room
    from_longer = min(excess, abs(n_prompt - n_answer))
    if n_prompt > n_answer:
        n_prompt -= from_longer
    else:
        n_answer -= from_longer
    excess -= from_longer
    n_answer -= (excess + 1) // 2
    n_prompt -= excess // 2
    return prompt_ids[:n_prompt], answer_ids[:n_answer]

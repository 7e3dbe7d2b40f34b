"""Problems and answers -> tokens, and which of them are to be learnt.

The prompt is the text that ``prompting`` builds, encoded as a generator encodes it, so that the
model is taught what it will be asked. Tokens of the prompt weigh nothing in the loss, tokens of
the answer one. Does not put examples into batches: that is ``batches``.
"""

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from gptcc_cli.errors import ProblemError
from gptcc_cli.models import Tokenizer
from gptcc_cli.problem import Mode, Problem
from gptcc_cli.prompting import Prompt, PromptTemplate, build_prompt, choose_template, load_template
from gptcc_cli.statement import read_statement
from gptcc_cli.training.answers import prepare_answers
from gptcc_cli.training.problems import TrainingProblem
from gptcc_cli.training.recipe import Recipe

_ENDLESS = 1 << 30
_FENCE = "\n```"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One answer to one problem, as the model reads it."""

    problem_id: str
    tokens: "array[int]"
    """Prompt, then answer, then the end token if the recipe has one."""
    n_prompt: int
    """Tokens that weigh nothing."""

    @property
    def n_answer(self) -> int:
        """Tokens that weigh one."""
        return len(self.tokens) - self.n_prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """All examples of a set of problems."""

    examples: tuple[Example, ...]
    left_out: Counter[str]
    """Solutions that gave no example, by reason."""
    n_shortened: int
    """Examples whose statement or answer lost a part."""

    @property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """The places of each problem's examples, problem by problem."""
        found: dict[str, list[int]] = {}
        for place, example in enumerate(self.examples):
            found.setdefault(example.problem_id, []).append(place)
        return tuple(map(tuple, found.values()))


class Encoder:
    """Encodes for one tokenizer by one recipe."""

    def __init__(self, tokenizer: Tokenizer, recipe: Recipe) -> None:
        """Choose the template.

        Args:
            tokenizer: the model's.
            recipe: ``prompt = "auto"`` takes the chat form where the model has one, and APPS'
                training form elsewhere.

        Raises:
            UsageError: there is no such template, or it is a chat and the model has none.
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
        """Make an example of every answer that the recipe keeps."""
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
            problem: what is asked.
            answer: a whole program.

        Returns:
            The example and whether it was shortened; or why there is none.

        Raises:
            UsageError: the template has no form for this kind of problem.
        """
        try:
            prompt = self._prompt(problem, n_answer=None)
        except ProblemError:
            return "statement too long"
        text = self._answer_text(prompt, answer)
        if text is None:
            return "does not go on from the starter code"
        learnt = self._tokenizer.encode(text)
        asked = self._encode_prompt(prompt)
        end = self._end_tokens()
        room = self._recipe.max_tokens - len(end)
        if len(asked) + len(learnt) <= room:
            return self._example(problem, asked, learnt + end), False
        match self._recipe.shorten:
            case "drop":
                return "too long"
            case "longest-first":
                asked, learnt = _longest_first(asked, learnt, room)
                return self._example(problem, asked, learnt + end), True
            case "statement-middle":
                return self._with_shorter_statement(problem, learnt + end)

    def _with_shorter_statement(
        self, problem: Problem, learnt: list[int]
    ) -> tuple[Example, bool] | str:
        try:
            prompt = self._prompt(problem, n_answer=len(learnt))
        except ProblemError:
            return "statement too long"
        asked = self._encode_prompt(prompt)
        if len(asked) + len(learnt) > self._recipe.max_tokens:
            return "answer too long"
        return self._example(problem, asked, learnt), True

    def _prompt(self, problem: Problem, *, n_answer: int | None) -> Prompt:
        """The whole prompt, or the one that leaves room for an answer of so many tokens."""
        if n_answer is None and self._whole is not None and self._whole[0] is problem:
            return self._whole[1]
        if n_answer is not None:
            # Where the samples stand matters only now that something must be cut.
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
            window=_ENDLESS if n_answer is None else self._recipe.max_tokens,
            max_new_tokens=n_answer or 0,
        )
        if n_answer is None:
            self._whole = (problem, prompt)
        return prompt

    def _encode_prompt(self, prompt: Prompt) -> list[int]:
        # As generation encodes it: a chat carries its first token in its text.
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

    def _example(self, problem: Problem, asked: list[int], learnt: list[int]) -> Example:
        return Example(
            problem_id=problem.id, tokens=array("i", asked + learnt), n_prompt=len(asked)
        )


def _longest_first(asked: list[int], learnt: list[int], room: int) -> tuple[list[int], list[int]]:
    """Cut tokens one by one from the end of the longer (transformers' ``longest_first``).

    On a tie the second gives way.
    """
    n_asked, n_learnt = len(asked), len(learnt)
    excess = n_asked + n_learnt - room
    from_longer = min(excess, abs(n_asked - n_learnt))
    if n_asked > n_learnt:
        n_asked -= from_longer
    else:
        n_learnt -= from_longer
    excess -= from_longer
    n_learnt -= (excess + 1) // 2
    n_asked -= excess // 2
    return asked[:n_asked], learnt[:n_learnt]


def mode_counts(problems: Iterable[TrainingProblem]) -> dict[str, int]:
    """How many problems there are of each mode."""
    counts = Counter(one.problem.mode for one in problems)
    return {mode.value: counts[mode] for mode in Mode}

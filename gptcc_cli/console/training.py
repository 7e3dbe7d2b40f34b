"""The output of ``gptcc train``: the plan, and progress."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, Self

from gptcc_cli.console.reporter import Reporter, duration
from gptcc_cli.training.encoding import Example
from gptcc_cli.training.events import Began, Event, Saved, Updated, Validated
from gptcc_cli.training.plan import TrainingPlan

if TYPE_CHECKING:
    from rich.progress import Progress
    from rich.text import Text

_LINE_INTERVAL_S = 10.0
_RECENT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Estimated needs of a training run."""

    memory_bytes: int
    wall_s: float | None
    """``None``: not measured."""


class TrainView:
    """Shows the progress of training on standard error."""

    def __init__(self, reporter: Reporter) -> None:
        """Prepare to show progress: a bar on a terminal, otherwise a line every ten seconds."""
        self._reporter = reporter
        self._bar: Progress | None = None
        self._task: Any = None
        self._recent: deque[Updated] = deque(maxlen=_RECENT)
        self._updates = 0
        self._printed_s = monotonic()

    def __enter__(self) -> Self:
        """Start showing progress."""
        if not self._reporter.quiet and self._reporter.console.is_terminal:
            from rich.progress import BarColumn, Progress, TextColumn

            self._bar = Progress(
                TextColumn("update {task.completed:,}/{task.total:,}"),
                BarColumn(bar_width=24),
                TextColumn("{task.fields[facts]}"),
                console=self._reporter.console,
                transient=True,
            )
            self._task = self._bar.add_task("", total=None, facts="")
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Clear the display."""
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, event: Event) -> None:
        """Show an event."""
        match event:
            case Began(schedule=schedule, first_update=first):
                self._updates = schedule.updates
                if first:
                    self._reporter.info(f"resuming from update {first:,}")
            case Updated():
                self._updated(event)
            case Validated(update=update):
                self._reporter.info(f"update {update:,}: {_validation_line(event)}")
            case Saved(path=path):
                self._reporter.debug(f"saved {path}")

    def _updated(self, event: Updated) -> None:
        self._recent.append(event)
        facts = self._facts(event)
        if self._bar is not None:
            self._bar.update(self._task, completed=event.update, total=self._updates, facts=facts)
        elif monotonic() - self._printed_s >= _LINE_INTERVAL_S or event.update == self._updates:
            self._printed_s = monotonic()
            self._reporter.info(f"update {event.update:,}/{self._updates:,}  {facts}")

    def _facts(self, event: Updated) -> str:
        wall_s = sum(one.wall_s for one in self._recent)
        rate = sum(one.n_tokens for one in self._recent) / max(wall_s, 1e-9)
        left_s = (self._updates - event.update) * wall_s / len(self._recent)
        loss = sum(one.loss for one in self._recent) / len(self._recent)
        return f"loss {loss:.4f}  {rate:,.0f} tokens/s  {duration(left_s)} left"


def plan_lines(plan: TrainingPlan, expected: Expected) -> list[str]:
    """Return the figures of a plan, a line each."""
    schedule, n = plan.schedule, len(plan.train.examples)
    left_out = ", ".join(f"{count:,} {why}" for why, count in plan.left_out.most_common())
    seen = plan.n_tokens / n * schedule.examples
    wall = "not measured" if expected.wall_s is None else duration(expected.wall_s)
    return [
        f"recipe      {plan.recipe.name}, template {plan.template.name}",
        f"problems    {len(plan.split.train):,} to train on, "
        f"{len(plan.split.validation):,} to validate"
        + (f", {len(plan.excluded):,} excluded" if plan.excluded else ""),
        f"examples    {n:,} ({plan.train.n_shortened:,} shortened), "
        f"{schedule.examples_per_epoch:,} an epoch; left out: {left_out or 'none'}",
        f"tokens      {plan.n_tokens:,}, of which {plan.n_answer_tokens:,} are trained on; "
        f"about {seen:,.0f} in all epochs",
        f"updates     {schedule.updates:,} ({schedule.updates_per_epoch:,} an epoch, "
        f"{schedule.warmup_updates:,} to warm up)",
        f"batch       {schedule.global_batch} = {schedule.per_device} x "
        f"{schedule.accumulation} x {schedule.world} process"
        + ("es" if schedule.world > 1 else ""),
        f"memory      about {expected.memory_bytes / 1e9:.1f} GB a process",
        f"time        {wall}",
    ]


def plan_record(plan: TrainingPlan, expected: Expected) -> dict[str, Any]:
    """Return the record of a plan: schema ``gptcc.training-plan/1``."""
    schedule = plan.schedule
    return {
        "recipe": plan.recipe.settings(),
        "template": plan.template.name,
        "train_problems": len(plan.split.train),
        "validation_problems": len(plan.split.validation),
        "excluded_problems": len(plan.excluded),
        "examples": len(plan.train.examples),
        "examples_per_epoch": schedule.examples_per_epoch,
        "shortened": plan.train.n_shortened,
        "left_out": dict(plan.left_out),
        "tokens": plan.n_tokens,
        "answer_tokens": plan.n_answer_tokens,
        "updates": schedule.updates,
        "updates_per_epoch": schedule.updates_per_epoch,
        "warmup_updates": schedule.warmup_updates,
        "global_batch": schedule.global_batch,
        "per_device": schedule.per_device,
        "accumulation": schedule.accumulation,
        "processes": schedule.world,
        "memory_bytes": expected.memory_bytes,
        "wall_s": expected.wall_s,
    }


def show_plan(
    plan: TrainingPlan, expected: Expected, examples: Sequence[tuple[Example, Sequence[str]]]
) -> None:
    """Write the plan and some examples to standard output.

    Args:
        plan: the run.
        expected: estimated needs.
        examples: some of the examples, with the text of each of their tokens.
    """
    from rich.console import Console

    console = Console(highlight=False)
    for example, texts in examples:
        console.print(_example_text(example, texts), soft_wrap=True)
    for line in plan_lines(plan, expected):
        console.print(line, markup=False, soft_wrap=True)


_SHADES = {0: ("dim", "dim underline"), 1: ("green", "bold green")}


def _example_text(example: Example, texts: Sequence[str]) -> "Text":
    """Return tokens coloured by weight, in alternating shades to tell them apart."""
    from rich.text import Text

    text = Text()
    parts: Iterable[tuple[int, Sequence[str]]] = (
        (0, texts[: example.n_prompt]),
        (1, texts[example.n_prompt :]),
    )
    for weight, tokens in parts:
        name = "prompt" if weight == 0 else "answer"
        text.append(f"\n[{example.problem_id}: {name}, {len(tokens)} tokens of weight {weight}]\n")
        for number, token in enumerate(tokens):
            text.append(token, style=_SHADES[weight][number % 2])
    return text.append("\n")


def _validation_line(event: Validated) -> str:
    parts = [] if event.loss is None else [f"validation loss {event.loss:.4f}"]
    if event.n_problems:
        parts.append(f"{event.n_solved}/{event.n_problems} validation problems solved")
    return ", ".join(parts) or "no validation problems"

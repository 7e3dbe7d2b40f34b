"""What ``gptcc solve`` was asked for: its options as values, and what follows from them."""

from dataclasses import dataclass, replace
from pathlib import Path

from gptcc_cli.cli.delivery import Delivery
from gptcc_cli.cli.solve_options import StyleChoice, UntilChoice
from gptcc_cli.cli.units import temperatures
from gptcc_cli.cli.wishes import WritingWish
from gptcc_cli.generation import TEMPERATURE_SCHEDULE, Sampling, check_sampling
from gptcc_cli.solving import Until

_DEFAULT_N = 32
OPEN_N = 1_000_000
"""Where the budget alone is the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveWish(WritingWish):
    """The options of ``gptcc solve``, by the names of its parameters."""

    problems: list[str] | None
    number: int | None
    output: Path | None
    until: UntilChoice | None
    budget: float | None
    repair: int
    write_tests: int
    temperature: str | None
    starter: Path | None
    tests: Path | None
    require_pass: bool
    no_check: bool
    save_all: Path | None
    fill: bool
    show_samples: bool
    replay: Path | None
    endpoint: str | None
    endpoint_style: StyleChoice
    log: bool
    history: Path | None

    def sampling(self) -> Sampling:
        """Return how candidates are drawn.

        Raises:
            UsageError: the settings can't be meant.
        """
        sampling = Sampling(
            n=_DEFAULT_N if self.number is None else self.number,
            top_p=self.top_p,
            max_new_tokens=self.max_new_tokens,
            batch_size=self.batch_size,
            seed=self.seed,
            temperature_schedule=TEMPERATURE_SCHEDULE,
        )
        if self.temperature is not None:
            chosen = temperatures(self.temperature)
            sampling = replace(sampling, temperatures=chosen, temperature_schedule=())
        if self.number is None and self.budget is not None and any(sampling.temperatures):
            sampling = replace(sampling, n=OPEN_N)
        check_sampling(sampling)
        return sampling

    def stopping(self) -> Until:
        """Return when to stop: who gives time, or asks for tests, wants agreement, too."""
        if self.until is not None:
            return Until(self.until.value)
        return Until.FIRST if self.budget is None and not self.write_tests else Until.AGREED

    def delivery(self, *, several: bool) -> Delivery:
        """Return where answers go."""
        return Delivery(
            output=self.output,
            several=several,
            save_all=self.save_all,
            as_json=self.as_json,
            require_pass=self.require_pass,
            checked=not self.no_check,
            sandboxed=not self.unsafe,
        )

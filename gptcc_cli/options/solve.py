"""The options of ``gptcc solve``, and the config that follows from them."""

from dataclasses import dataclass, field
from pathlib import Path

from gptcc_cli.options import shared
from gptcc_cli.options.choices import EndpointStyle, Until
from gptcc_cli.options.definition import flag, option, seconds, use
from gptcc_cli.options.shared import GenerationOptions, JudgeOptions, ModelOptions, OutputOptions
from gptcc_cli.options.solve_config import SolveConfig

_N = 32
UNLIMITED_N = 1_000_000
"""Where the budget alone ends the run."""
_TEMPERATURES = (0.2, 0.4, 0.6, 0.8)
TEMPERATURE_SCHEDULE = (0.4, 0.6, 0.8, 1.0)
"""Used after the first temperatures: the coldest repeat themselves, and warmer ones solve what they
never write (docs/log.md)."""
_TOP_K = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveOptions:
    """Find a program that passes the problem's samples, and print it.

    Exit code 0: the printed program passes every sample. 1: no program passed them all.
    3: there were no samples to verify a program with.
    """

    problems: tuple[str, ...] = use(shared.PROBLEMS, ())
    number: int | None = option(
        "-n",
        "--number",
        help="Number of candidates to generate. [default: 32; with --budget, as many as "
        "time allows]",
        envvar="GPTCC_N",
    )
    output: Path | None = option(
        "--output",
        "-o",
        help="Write the program to this file, or for several problems into this directory.",
    )
    until: Until | None = option(
        "--until",
        help="Stop when the first candidate passes, when passing candidates also agree on "
        "other inputs, or when all are written. [default: first; agreed with --budget or "
        "--write-tests]",
        envvar="GPTCC_UNTIL",
    )
    budget: float | None = option(
        "--budget",
        parse=seconds,
        metavar="TIME",
        help="Time limit per problem, such as 60s; then the best program so far is printed.",
        envvar="GPTCC_BUDGET",
    )
    repair: int = option(
        "--repair",
        metavar="N",
        minimum=0,
        help="If no candidate passes, show the model its best programs and the first sample "
        "each one fails, up to N times. For chat models; rarely helps with small ones.",
        envvar="GPTCC_REPAIR",
        default=0,
    )
    write_tests: int = option(
        "--write-tests",
        metavar="N",
        minimum=0,
        maximum=100,
        help="First ask the model for N tests. Generated tests only rank passing programs; "
        "they never reject one. For chat models.",
        envvar="GPTCC_WRITE_TESTS",
        default=0,
    )
    temperature: tuple[float, ...] | None = use(shared.TEMPERATURES)
    generation: GenerationOptions = field(default_factory=GenerationOptions)
    starter: Path | None = use(shared.STARTER)
    tests: Path | None = use(shared.TESTS)
    judge: JudgeOptions = field(default_factory=JudgeOptions)
    require_pass: bool = flag(
        "--require-pass", help="Print nothing unless a program passes every sample."
    )
    no_check: bool = flag("--no-check", help="Don't run any program; print the most likely one.")
    save_all: Path | None = option(
        "--save-all", metavar="DIR", help="Save every candidate and completion to this directory."
    )
    fill: bool = flag(
        "--fill",
        help="Write solution.py for each problem below the given directories that has no "
        "solution, if a program passes every sample. Exit code 1 if any was missing.",
    )
    show_samples: bool = flag(
        "--show-samples", help="Show the samples found in the statement first."
    )
    replay: Path | None = option(
        "--replay",
        metavar="FILE",
        help="Read completions from this JSONL file instead of running a model.",
    )
    endpoint: str | None = option(
        "--endpoint",
        metavar="URL",
        help="Generate with an OpenAI-compatible server; -m names one of its models.",
        envvar="GPTCC_ENDPOINT",
    )
    endpoint_style: EndpointStyle = option(
        "--endpoint-style",
        help="Use the server's chat or its text completion API.",
        envvar="GPTCC_ENDPOINT_STYLE",
        default=EndpointStyle.CHAT,
    )
    model: ModelOptions = field(default_factory=ModelOptions)
    log: bool = option(
        "--log/--no-log", help="Record the run in the history.", envvar="GPTCC_LOG", default=True
    )
    history: Path | None = use(shared.HISTORY)
    report: OutputOptions = field(default_factory=OutputOptions)

    def config(self) -> SolveConfig:
        """Return what determines the result, with every default filled in."""
        chosen = self.temperature
        temperatures = _TEMPERATURES if chosen is None else chosen
        open_ended = self.number is None and self.budget is not None and any(temperatures)
        n = _N if self.number is None else self.number
        return SolveConfig(
            n=UNLIMITED_N if open_ended else n,
            temperatures=temperatures,
            temperature_schedule=TEMPERATURE_SCHEDULE if chosen is None else (),
            top_p=self.generation.top_p,
            top_k=_TOP_K,
            max_new_tokens=self.generation.max_new_tokens,
            batch_size=self.generation.batch_size,
            seed=self.generation.seed,
            until=self.until or self._default_until,
            budget_s=self.budget,
            repair_rounds=self.repair,
            n_generated_tests=self.write_tests,
            template=self.generation.template,
            model=self.model.model,
            revision=self.model.revision,
            quantize=self.model.quantize,
            device=self.model.device,
            dtype=self.model.dtype,
            adapter=self.model.adapter,
            trust_remote_code=self.model.trust_remote_code,
            endpoint=self.endpoint,
            endpoint_style=self.endpoint_style,
            replay=None if self.replay is None else str(self.replay.absolute()),
            time_limit_s=self.judge.time_limit,
            memory_limit_bytes=self.judge.memory_limit,
            output_limit_bytes=self.judge.output_limit,
            strict_layout=self.judge.strict_layout,
            check=not self.no_check,
            sandboxed=not self.judge.unsafe,
        )

    @property
    def _default_until(self) -> Until:
        waits = self.budget is not None or self.write_tests > 0
        return Until.AGREED if waits else Until.FIRST

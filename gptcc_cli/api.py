"""gptcc from Python: read a problem, solve it, check a program.

These functions print nothing and need neither Typer nor Rich. ``gptcc_cli`` offers
``read_problem``, ``solve``, ``check``, and ``evaluate`` of ``evaluating``; the other functions here
are the steps that they and the commands share. The steps take ready collaborators (a source of
candidates, a judge), report what happens as events, and return values.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from pathlib import Path
from threading import Event, Timer
from typing import TYPE_CHECKING, Any

from gptcc_cli.errors import ProblemError, UsageError
from gptcc_cli.options.choices import Until
from gptcc_cli.options.shared import JudgeOptions, ModelOptions
from gptcc_cli.options.solve_config import CHOICES, SolveConfig
from gptcc_cli.problem import GivenTest, IOTest, Problem

if TYPE_CHECKING:
    from gptcc_cli.candidate_sources import CandidateSource
    from gptcc_cli.checkers import CheckerOptions
    from gptcc_cli.extraction import GeneratedTest
    from gptcc_cli.generation import Generator, Sampling
    from gptcc_cli.judging import AskedLimits, Judge, Judgement
    from gptcc_cli.models import FetchWatcher, FoundModel, ModelSpec
    from gptcc_cli.sandbox import Sandbox
    from gptcc_cli.solving import Listener, Solution
    from gptcc_cli.tasks import SolveTask

_ABOVE_0 = ("budget_s", "time_limit_s", "memory_limit_bytes", "output_limit_bytes")
_NOT_BELOW_0 = ("repair_rounds", "n_generated_tests")
_TESTS_SHARE = 0.25
"""The part of a budget that asking for tests may take."""


def read_problem(source: str | Path) -> Problem:
    r"""Read one problem from a file, a directory, or the text of a statement.

    Args:
        source: a path, or a text of several lines.

    Raises:
        ProblemError: it can't be read, or holds several problems.

    Example:
        >>> problem = read_problem('''Print the sum of two integers.
        ...
        ... Input:
        ... 3 4
        ... Output:
        ... 7
        ... ''')
        >>> [(sample.input, sample.expected) for sample in problem.samples]
        [('3 4\n', '7\n')]
    """
    if isinstance(source, str) and not source.strip():
        raise ProblemError("the statement is empty", hint="give its text, or a path")
    if isinstance(source, str) and "\n" in source:
        from gptcc_cli.reading import understand
        from gptcc_cli.sources import Source

        return understand(Source(id="problem", statement=source)).problem
    from gptcc_cli.tasks import read_tasks

    try:
        tasks = list(read_tasks([str(source)]))
    except (OSError, ValueError) as error:
        raise ProblemError(
            f"{str(source)[:80]!r} is not a path: {error}",
            hint="give a path, or the text of a statement with its line breaks",
        ) from error
    if len(tasks) != 1:
        raise ProblemError(
            f"{str(source)!r} holds {len(tasks)} problems, expected one",
            hint="read each of them on its own",
        )
    return tasks[0].problem


def solve(
    problem: Problem,
    *,
    model: str | None = None,
    tests: Sequence[GivenTest] = (),
    config: SolveConfig | None = None,
    source: "CandidateSource | None" = None,
    judge: "Judge | None" = None,
    listen: "Listener | None" = None,
    **changes: Any,
) -> "Solution":
    r"""Generate candidates for a problem, run them on its samples, and rank them.

    Args:
        problem: what to solve.
        model: a hub ID, a directory, a ``.gguf`` file, or ``embedded``; ``None``: the config's.
        tests: tests that programs must also pass. No model sees them.
        config: all settings; ``None``: the defaults of ``gptcc solve``.
        source: where candidates come from; ``None``: the model, loaded for this call.
        judge: runs programs; ``None``: one is opened for this call.
        listen: called with each event, perhaps from another thread.
        **changes: fields of ``config`` to change, such as ``n=8`` or ``seed=1``.

    Returns:
        The candidates, best first. ``solved`` tells whether the best passes every sample.

    Raises:
        UsageError: there is no such field, or it can't have this value.
        GptccError: the model can't be loaded, or programs can't be run here.

    Example:
        A model that writes known programs shows what comes back; see ``docs/guides/python.md``
        for a real one.

        >>> import json, pathlib, tempfile
        >>> problem = read_problem("Print the sum.\n\nInput:\n3 4\nOutput:\n7\n")
        >>> program = "print(sum(map(int, input().split())))"
        >>> file = pathlib.Path(tempfile.mkdtemp(), "completions.jsonl")
        >>> _ = file.write_text(json.dumps({"text": program}))
        >>> solution = solve(problem, replay=str(file))
        >>> solution.solved
        True
        >>> solution.best.judgement.candidate.source.strip() == program
        True
    """
    from gptcc_cli.tasks import SolveTask

    if config is None:
        config = default_config()
    config = _changed(config, {"model": model or config.model, **changes})
    task = SolveTask(problem=problem, tests=tuple(tests), origin=problem.id)
    with ExitStack() as stack:
        if judge is None and config.check:
            judge = stack.enter_context(open_judge(judge_options(config)))
        source = source or open_source(config)
        refuse_impossible(config, source)
        generated = generate_tests(task, config, source)
        return search(task, config, source=source, judge=judge, generated=generated, listen=listen)


def check(
    program: str | Path,
    problem: Problem,
    *,
    tests: Sequence[IOTest] = (),
    options: JudgeOptions | None = None,
    judge: "Judge | None" = None,
) -> "Judgement":
    r"""Run a program on a problem's samples and further tests.

    Args:
        program: its source as text, or a file as a ``Path``.
        problem: gives samples, limits and how outputs are compared.
        tests: further tests.
        options: limits and comparison; ``None``: the statement's, else the defaults.
        judge: runs the program; ``None``: one is opened for this call.

    Raises:
        ProblemError: the file can't be read.
        ExecutionRefused: programs can't be run here.

    Example:
        >>> problem = read_problem("Print the sum.\n\nInput:\n3 4\nOutput:\n7\n")
        >>> check("print(3 + 4)", problem).verdict
        <Verdict.AC: 'AC'>
        >>> check("print(0)", problem).n_passed
        0
    """
    try:
        candidate = (
            read_program(program) if isinstance(program, Path) else _candidate(program.encode())
        )
    except UnicodeEncodeError as error:
        raise ProblemError(
            f"the program is not Unicode text (character {error.start})",
            hint="decode it as UTF-8",
        ) from error
    with ExitStack() as stack:
        judge = judge or stack.enter_context(open_judge(options or JudgeOptions()))
        return judge.judge(candidate, problem, (*problem.samples, *tests))


def _changed(config: SolveConfig, changes: Mapping[str, Any]) -> SolveConfig:
    """Return a config with other values, where a choice may be given by its text.

    Raises:
        UsageError: there is no such field, or it can't have this value.
    """
    known, values = [field.name for field in fields(config)], dict(changes)
    for name, value in changes.items():
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(known)}"
            raise UsageError(f"there is no setting {name!r}", hint=hint)
        if name in CHOICES and isinstance(value, str):
            choices = [choice.value for choice in CHOICES[name]]
            if value not in choices:
                raise UsageError(
                    f"{name}={value!r} is not a choice", hint=f"use one of {', '.join(choices)}"
                )
            values[name] = CHOICES[name](value)
        elif name in ("temperatures", "temperature_schedule"):
            several = (value,) if isinstance(value, (int, float)) else tuple(value)
            if not all(0 <= one <= 5 for one in several):
                raise UsageError(f"{name}={value!r} is not from 0 to 5", hint="use 0.2 to 0.8")
            values[name] = tuple(map(float, several))
        elif name in _ABOVE_0 and value is not None and not value > 0:
            raise UsageError(f"{name}={value!r} is not above 0", hint="use a larger number")
        elif name in _NOT_BELOW_0 and value < 0:
            raise UsageError(f"{name}={value!r} is below 0", hint="use 0 or more")
        elif name == "replay" and value is not None:
            values[name] = str(value)
    return replace(config, **values)


def default_config() -> SolveConfig:
    """Return the config of ``gptcc solve`` without options."""
    from gptcc_cli.options.solve import SolveOptions

    return SolveOptions().config()


def search(
    task: "SolveTask",
    config: SolveConfig,
    *,
    source: "CandidateSource",
    judge: "Judge | None",
    generated: "TestsReply | None" = None,
    generator: "Generator | None" = None,
    listen: "Listener | None" = None,
) -> "Solution":
    """Generate, judge and rank the candidates of one problem.

    Args:
        task: the problem and its tests.
        config: how.
        source: where candidates come from.
        judge: runs programs; ``None``: none is run.
        generated: tests that the model wrote.
        generator: used in place of the source's, such as one that records.
        listen: called with each event.
    """
    from gptcc_cli.extraction import extract
    from gptcc_cli.generation import plan
    from gptcc_cli.judging.problem_judge import ProblemJudge, probe_runner_for
    from gptcc_cli.solving import Repair
    from gptcc_cli.solving import solve as run

    problem, sampling = task.problem, sampling_of(config)
    if source.n_at_most is not None:
        sampling = replace(sampling, n=min(sampling.n, source.n_at_most))
    repair, budget_s = None, config.budget_s
    if config.repair_rounds and source.repair_prompts is not None:
        repair = Repair(prompts=source.repair_prompts, rounds=config.repair_rounds)
    if generated is not None and budget_s is not None:
        budget_s = max(0.0, budget_s - generated.wall_s)
    runs_probes = config.until is not Until.FIRST or not task.judged_on
    tests = () if generated is None else generated.kept
    return run(
        problem,
        task.verifying if judge else (),
        plan(source.prompts(problem), sampling, problem.id),
        sampling,
        generator=generator or source.generator,
        extract=lambda completion: extract(completion, problem),
        judge=ProblemJudge(judge=judge, problem=problem, tests=task.judged_on),
        probe_runner=probe_runner_for(judge, problem, seed=sampling.seed, generated_tests=tests)
        if runs_probes
        else None,
        repair=repair,
        until=config.until,
        budget_s=budget_s,
        listen=listen,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TestsReply:
    """What a model wrote when it was asked for tests."""

    text: str
    kept: "tuple[GeneratedTest, ...]"
    n_dropped: int
    """Tests in the reply that can't be used."""
    wall_s: float
    """Seconds that it took."""


def generate_tests(
    task: "SolveTask", config: SolveConfig, source: "CandidateSource"
) -> TestsReply | None:
    """Ask the model for tests, if the config says so and an input has one right answer.

    Raises:
        ModelError: the model fails.
    """
    n, problem = config.n_generated_tests, task.problem
    if n == 0 or source.write_tests is None or problem.answer.special_judge:
        return None
    from gptcc_cli.extraction import read_generated_tests

    began_s, stop = time.monotonic(), Event()
    timer = None
    if config.budget_s is not None:
        timer = Timer(_TESTS_SHARE * config.budget_s, stop.set)
        timer.daemon = True
        timer.start()
    try:
        text = source.write_tests(problem, n, sampling_of(config), stop)
    finally:
        if timer is not None:
            timer.cancel()
    found = read_generated_tests(text, problem, most=n)
    return TestsReply(
        text=text,
        kept=found.kept,
        n_dropped=found.n_dropped,
        wall_s=time.monotonic() - began_s,
    )


def open_source(
    config: SolveConfig,
    *,
    progress: "FetchWatcher | None" = None,
    notify: "Callable[[FoundModel], None]" = lambda _: None,
) -> "CandidateSource":
    """Open what generates, as the config says.

    Args:
        config: names a file of completions, a server or a model.
        progress: called while files are downloaded.
        notify: called with the model once it is found, before it is loaded.

    Raises:
        ModelError: it can't be found or loaded.
        UsageError: the template or the server's URL can't be read.
    """
    from gptcc_cli import candidate_sources as sources

    if config.replay is not None:
        return sources.file_source(Path(config.replay))
    if config.endpoint is not None:
        return sources.endpoint_source(
            config.endpoint,
            model=config.model,
            style=config.endpoint_style,
            template=config.template,
            max_new_tokens=config.max_new_tokens,
        )
    return open_model(
        model_spec(config),
        template=config.template,
        max_new_tokens=config.max_new_tokens,
        progress=progress,
        notify=notify,
    )


def open_model(
    spec: "ModelSpec",
    *,
    template: str | None,
    max_new_tokens: int,
    progress: "FetchWatcher | None" = None,
    notify: "Callable[[FoundModel], None]" = lambda _: None,
) -> "CandidateSource":
    """Find and load a model; the arguments are those of ``open_source``."""
    from gptcc_cli.candidate_sources import model_source
    from gptcc_cli.models import find, load
    from gptcc_cli.prompting import load_template

    chosen = None if template is None else load_template(template)
    found = find(spec, progress=progress)
    notify(found)
    return model_source(load(found), template=chosen, max_new_tokens=max_new_tokens)


def refuse_impossible(config: SolveConfig, source: "CandidateSource") -> None:
    """Refuse a config that this source can't follow.

    Raises:
        UsageError: the model can't be asked for repairs or tests, or tests would be of no use.
    """
    name = source.generator.name
    if config.repair_rounds and source.repair_prompts is None:
        raise UsageError(
            f"{name} can't be asked to repair a program: it is not a chat model",
            hint="omit --repair, or choose an instruct model or a chat server",
        )
    if config.n_generated_tests == 0:
        return
    if not config.check or config.until is Until.FIRST:
        option = "--no-check" if not config.check else "--until first"
        raise UsageError(
            f"--write-tests has no effect with {option}: generated tests only rank programs",
            hint=f"omit --write-tests or {option}",
        )
    if source.write_tests is None:
        raise UsageError(
            f"{name} can't be asked to write tests: it is not a chat model",
            hint="omit --write-tests, or choose an instruct model or a chat server",
        )


def sampling_of(config: SolveConfig) -> "Sampling":
    """Return how candidates are drawn.

    Raises:
        UsageError: a value is out of range, or candidates would be copies of each other.
    """
    from gptcc_cli.generation import Sampling, check_sampling

    sampling = Sampling(
        n=config.n,
        temperatures=config.temperatures,
        temperature_schedule=config.temperature_schedule,
        top_p=config.top_p,
        top_k=config.top_k,
        max_new_tokens=config.max_new_tokens,
        batch_size=config.batch_size,
        seed=config.seed,
    )
    check_sampling(sampling)
    return sampling


def model_spec(options: ModelOptions | SolveConfig) -> "ModelSpec":
    """Return the model that options ask for.

    A revision or an adapter that is named means the default model, and no other in its place.
    """
    from gptcc_cli.models import NO_ADAPTER, ModelSpec

    adapter = None if options.adapter == NO_ADAPTER else options.adapter
    named = (options.model, options.revision, adapter)
    return ModelSpec(
        name=options.model or ModelSpec().name,
        revision=options.revision,
        explicit=any(value is not None for value in named),
        dtype=options.dtype,
        device=options.device,
        quantize=options.quantize,
        adapter=options.adapter,
        trust_remote_code=options.trust_remote_code,
    )


def judge_options(config: SolveConfig) -> JudgeOptions:
    """Return how programs are run and compared, as a config says."""
    return JudgeOptions(
        time_limit=config.time_limit_s,
        memory_limit=config.memory_limit_bytes,
        output_limit=config.output_limit_bytes,
        strict_layout=config.strict_layout,
        unsafe=not config.sandboxed,
    )


def make_judge(sandbox: "Sandbox", options: JudgeOptions) -> "Judge":
    """Return a judge that runs programs in a sandbox."""
    from gptcc_cli.judging import Judge

    return Judge(sandbox, limits=asked_limits(options), options=checker_options(options))


def asked_limits(options: JudgeOptions) -> "AskedLimits":
    """Return the limits that options ask for."""
    from gptcc_cli.judging import AskedLimits

    return AskedLimits(
        wall_s=options.time_limit,
        memory_bytes=options.memory_limit,
        output_bytes=options.output_limit,
    )


def checker_options(options: JudgeOptions) -> "CheckerOptions":
    """Return how outputs are compared."""
    from gptcc_cli.checkers import CheckerOptions, Layout

    return CheckerOptions(layout=Layout.STRICT if options.strict_layout else Layout.TOKENS)


@contextmanager
def open_judge(
    options: JudgeOptions, *, opened: "Callable[[Sandbox], None]" = lambda _: None
) -> "Iterator[Judge]":
    """Open a sandbox and a judge that uses it; both are closed with the block.

    Args:
        options: limits, comparison, and whether there is a sandbox at all.
        opened: called with the sandbox.

    Raises:
        ExecutionRefused: no sandbox works on this host, or running programs is forbidden.
    """
    from gptcc_cli.sandbox import open_sandbox

    with open_sandbox(workers=options.jobs, unsafe=options.unsafe) as sandbox:
        opened(sandbox)
        judge = make_judge(sandbox, options)
        try:
            yield judge
        finally:
            # In this order: an interrupted run must not wait for a program to time out.
            sandbox.close()
            judge.close()


def read_program(path: Path) -> Any:
    """Read a program as the interpreter would see it, unchanged, as a ``Candidate``.

    Raises:
        ProblemError: it can't be read.
    """
    try:
        return _candidate(path.read_bytes())
    except OSError as error:
        raise ProblemError(
            f"solution {str(path)!r} can't be read: {(error.strerror or 'error').lower()}",
            hint="give a readable Python file",
        ) from error
    except UnicodeDecodeError as error:
        raise ProblemError(
            f"solution {str(path)!r} is not UTF-8 text (byte {error.start})",
            hint="save it as UTF-8",
        ) from error


def _candidate(source: bytes) -> Any:
    import hashlib

    from gptcc_cli.extraction import Candidate

    text = source.decode("utf-8-sig")
    return Candidate(id=hashlib.sha256(source).hexdigest(), source=text, completions=())

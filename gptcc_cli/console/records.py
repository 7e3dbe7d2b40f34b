"""The records that commands print with ``--json``, and how they are made.

Each dataclass is one schema; ``docs/reference/schemas.json`` is derived from their fields and
docstrings. Expected outputs of tests are not part of any record: tests are named.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from gptcc_cli.diagnosis import Finding
    from gptcc_cli.history import Difference, RecordedRun, RunSummary
    from gptcc_cli.ranking import RankedCandidate
    from gptcc_cli.solving import Solution
    from gptcc_cli.workspace import CheckOutcome

_Record = TypeVar("_Record")


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRecord:
    """``gptcc.error/1``: An error; the command's exit code is the same."""

    error: str
    """The kind, such as UsageError or ProblemError."""
    message: str
    hint: str | None
    exit_code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCaseRecord:
    """One test of a checked solution."""

    test: str
    """Its name, such as "sample 1"."""
    verdict: str
    detail: str
    """One line on why the test failed."""
    line: int
    """The line of the solution that the test is about."""
    advisory: bool
    """The test does not count against the solution, because the sample is suspect."""
    wall_s: float | None
    peak_memory_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRecord:
    """``gptcc.check/1``: A checked solution."""

    solution: str
    """The path as it was given."""
    verdict: str | None
    """AC, WA, PE, TLE, MLE, OLE, RE, CE or IE; null: nothing was verified. OK: a statement, with
    --problems."""
    skipped: bool
    """The file asks not to be checked."""
    cached: bool
    """The result of an earlier check of the same content."""
    n_passed: int
    n_tests: int
    slowest_s: float
    """Wall seconds of the slowest test."""
    warnings: tuple[str, ...]
    cases: tuple[CheckCaseRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseVerdictRecord:
    """One test of a candidate."""

    test: str
    verdict: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateRecord:
    """One candidate program of ``solve``."""

    id: str
    indexes: tuple[int, ...]
    """The completions that became this program."""
    verdict: str | None
    n_passed: int
    reason: str
    """Why it ranks there."""
    cluster: int | None
    """Programs of one cluster give the same outputs for further inputs; null: it was not run on
    any."""
    cluster_size: int | None
    """Different programs in the cluster."""
    score: float | None
    """The cluster's weight in the ranking."""
    n_generated_tests: int
    """Tests written by the model that it was run on (--write-tests). No verdict depends on them."""
    n_generated_tests_passed: int
    round: int
    """0: a first attempt; otherwise the round of repair."""
    parent: str | None
    """The id of the program that it repairs."""
    slowest_s: float
    """Wall seconds of the slowest test."""
    cleaning: tuple[str, ...]
    """The steps that turned the completion into the program."""
    syntax_error: str | None
    seeds: tuple[int, ...]
    temperatures: tuple[float, ...]
    cases: tuple[CaseVerdictRecord, ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionRecord:
    """``gptcc.solution/2``: The answer to a problem."""

    problem: str
    solved: bool
    """There is at least one sample, and the program passes all of them."""
    checked: bool
    """Programs were run."""
    sandboxed: bool
    """False: programs were run with --unsafe."""
    ended: str
    """Why the run ended: found, exhausted, budget, interrupted or failed."""
    exit_code: int
    program: str | None
    reason: str | None
    """Why the program ranks first."""
    verdict: str | None
    n_passed: int
    n_tests: int
    evidence_bits: float
    """The information in the expected outputs beyond the inputs."""
    n_passing: int
    """Completions whose program passes."""
    n_same_outputs: int
    """Of these, completions whose program gives the same outputs as the answer."""
    expected_random_passes: float
    """How many completions would pass if the programs knew nothing of the problem."""
    confident: bool
    """At least three completions gave a program with the same outputs; they are more than half of
    what passes, at least the square root of the share that passes at random, at least twice as many
    as expected at random, and that many at random in at most one of twenty runs."""
    n_completions: int
    n_programs: int
    """Different programs."""
    model: str
    run: str | None
    """The run's ID in the history; null: it was not recorded."""
    candidates: tuple[CandidateRecord, ...]
    """Best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """``gptcc.run/2``: A past run, as ``history list`` and ``history search`` print it."""

    run: str
    """Its ID."""
    started: str
    """Date and time with offset, by ISO 8601."""
    duration_s: float | None
    problem: str
    title: str
    """The first line of the statement."""
    model: str
    result: str
    """solved, unsolved, unverified, budget, interrupted, failed or running."""
    exit_code: int | None
    """null: the command did not reach its end."""
    n_completions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDetailsRecord(RunRecord):
    """``gptcc.run/2``: A past run with everything recorded, as ``history show`` prints it."""

    statement: str
    origin: str
    """Where the problem was read."""
    n_samples: int
    n_given_tests: int
    """Tests given with --tests."""
    generated_tests_text: str | None
    """The model's reply to a request for tests (--write-tests); null: it was not asked."""
    config: dict[str, Any]
    """What determined the result; "version" is the version of the other keys."""
    provenance: dict[str, Any]
    """The exact model."""
    version: str
    """The gptcc that ran."""
    failure: str | None
    program: str | None
    """The source of the answer, or of the program that passed most tests."""
    programs: tuple[dict[str, Any], ...]
    """Best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceRecord:
    """One thing that differs from a past run."""

    what: str
    """Such as "candidate 3" or "answer"."""
    was: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayRecord:
    """``gptcc.replay/1``: A run repeated and compared."""

    run: str
    identical: bool
    generated: bool
    """The model generated again."""
    n_completions: int
    n_programs: int
    differences: tuple[DifferenceRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingRecord:
    """``gptcc.setting/1``: A setting in effect."""

    name: str
    value: Any
    where: str
    """"default", a file, or an environment variable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRecord:
    """``gptcc.finding/1``: Something that ``doctor`` tried."""

    area: str
    """machine, models, sandbox or grader."""
    name: str
    state: str
    """works, missing or broken."""
    detail: str
    """The proof, or what went wrong."""


RECORDS: dict[str, tuple[type, ...]] = {
    "gptcc.error/1": (ErrorRecord,),
    "gptcc.check/1": (CheckRecord,),
    "gptcc.solution/2": (SolutionRecord,),
    "gptcc.run/2": (RunRecord, RunDetailsRecord),
    "gptcc.replay/1": (ReplayRecord,),
    "gptcc.setting/1": (SettingRecord,),
    "gptcc.finding/1": (FindingRecord,),
}
"""The types of each schema's records."""


def check_record(outcome: "CheckOutcome") -> CheckRecord:
    """Return the record of a checked solution."""
    cases = tuple(_copy(CheckCaseRecord, case) for case in outcome.cases)
    return _copy(CheckRecord, outcome, solution=outcome.path, cases=cases)


def check_error_record(outcome: "CheckOutcome") -> ErrorRecord:
    """Return the record of a file that can't be checked."""
    return ErrorRecord(
        error="ProblemError", message=outcome.error or "", hint=outcome.hint, exit_code=4
    )


def solution_record(
    solution: "Solution",
    *,
    program: str | None,
    checked: bool,
    sandboxed: bool,
    generator: str,
    exit_code: int,
    run: str | None,
) -> SolutionRecord:
    """Return the record of a solution.

    Args:
        solution: the result of the search.
        program: the text that is printed, if any.
        checked: whether programs were run.
        sandboxed: whether they ran in the sandbox.
        generator: the model's name.
        exit_code: the command's.
        run: the run's ID in the history; ``None``: it is not recorded.
    """
    best, evidence = solution.best, solution.evidence
    return SolutionRecord(
        problem=solution.problem.id,
        solved=solution.solved,
        checked=checked,
        sandboxed=sandboxed,
        ended=solution.ended.value,
        exit_code=exit_code,
        program=program,
        reason=best.reason if best else None,
        verdict=_verdict(best) if best else None,
        n_passed=best.judgement.n_passed if best else 0,
        n_tests=len(solution.verified_by),
        evidence_bits=round(evidence.bits, 1),
        n_passing=evidence.n_passing,
        n_same_outputs=evidence.n_alike,
        expected_random_passes=round(evidence.expected_random_passes, 3),
        confident=solution.confident,
        n_completions=solution.n_written,
        n_programs=len(solution.ranked),
        model=generator,
        run=run,
        candidates=tuple(candidate_record(ranked) for ranked in solution.ranked),
    )


def candidate_record(ranked: "RankedCandidate") -> CandidateRecord:
    """Return the record of a candidate with its verdicts."""
    from gptcc_cli.console.cases import slowest_s

    judgement = ranked.judgement
    candidate = judgement.candidate
    return CandidateRecord(
        id=candidate.id,
        indexes=tuple(completion.index for completion in candidate.completions),
        verdict=_verdict(ranked),
        n_passed=judgement.n_passed,
        slowest_s=round(slowest_s(judgement), 4),
        seeds=tuple(completion.seed for completion in candidate.completions),
        temperatures=tuple(completion.temperature for completion in candidate.completions),
        cases=tuple(
            CaseVerdictRecord(test=case.test.name, verdict=case.verdict.value, detail=case.detail)
            for case in judgement.cases
        ),
        **_same(ranked, "reason cluster cluster_size score"),
        **_same(ranked, "n_generated_tests n_generated_tests_passed"),
        **_same(candidate, "round parent cleaning syntax_error source"),
    )


def _verdict(ranked: "RankedCandidate") -> str | None:
    verdict = ranked.judgement.verdict
    return verdict.value if verdict else None


def run_record(run: "RunSummary") -> RunRecord:
    """Return the record of a run in a list."""
    return RunRecord(**_summary_values(run))


def run_details_record(run: "RecordedRun") -> RunDetailsRecord:
    """Return the record of a run with everything recorded of it."""
    best = run.best
    return RunDetailsRecord(
        **_summary_values(run.summary),
        statement=run.problem.statement,
        origin=run.origin,
        n_samples=len(run.problem.samples),
        n_given_tests=len(run.tests),
        generated_tests_text=run.generated_tests_text,
        config=json.loads(run.config.to_json()),
        provenance=dict(run.provenance),
        version=run.version,
        failure=run.failure,
        program=None if best is None else best.source,
        programs=tuple(
            {
                **_same(program, "id rank reason verdict n_passed indexes"),
                **asdict(program.details),
                "cases": [asdict(case) for case in program.cases],
                "source": program.source,
            }
            for program in run.programs
        ),
    )


def _summary_values(run: "RunSummary") -> dict[str, Any]:
    return {
        "run": run.id,
        "started": datetime.fromtimestamp(run.started_s).astimezone().isoformat("T", "seconds"),
        "duration_s": None if run.duration_s is None else round(run.duration_s, 3),
        "result": run.result.value,
        **_same(run, "problem title model exit_code n_completions"),
    }


def replay_record(
    run: "RecordedRun", found: "Sequence[Difference]", *, generated: bool
) -> ReplayRecord:
    """Return the record of a repeated run."""
    return ReplayRecord(
        run=run.summary.id,
        identical=not found,
        generated=generated,
        n_completions=run.summary.n_completions,
        n_programs=len(run.programs),
        differences=tuple(_copy(DifferenceRecord, one) for one in found),
    )


def finding_record(finding: "Finding") -> FindingRecord:
    """Return the record of something that ``doctor`` tried."""
    return _copy(FindingRecord, finding, state=finding.state.name.lower())


def _copy(kind: type[_Record], source: object, **values: Any) -> _Record:
    """Return a record with the given values, and the others from attributes of the same name."""
    names = [field.name for field in fields(kind) if field.name not in values]  # type: ignore[arg-type]  # a dataclass
    return kind(**values, **_same(source, " ".join(names)))


def _same(source: object, names: str) -> dict[str, Any]:
    """Return attributes by name."""
    return {name: getattr(source, name) for name in names.split()}

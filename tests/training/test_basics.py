"""The generated problems are solved by their solutions, and their samples can be found."""

import pytest

from gptcc_cli.extraction import Candidate
from gptcc_cli.statement import read_statement
from gptcc_cli.training import basics
from gptcc_cli.training.indentation import parse
from gptcc_cli.training.splitting import without_excluded


def test_same_seed_gives_the_same_problems_and_another_seed_others():
    one = list(basics.generate(variants=1, seed=3))
    assert one == list(basics.generate(variants=1, seed=3))
    assert one != list(basics.generate(variants=1, seed=4))


def test_held_out_tasks_are_taught_in_no_variant():
    taught = {p.id.split("-")[1] for p in basics.generate(variants=2)}
    held = {p.id.split("-")[1] for p in basics.generate(variants=2, held_out=True)}
    assert not taught & held
    assert len(taught) + len(held) == len(basics.tasks())
    assert len(held) > 10


def test_every_solution_parses():
    for problem in basics.generate(variants=3):
        assert problem.solutions
        for solution in problem.solutions:
            assert parse(solution) is not None, solution


def test_samples_of_every_statement_are_found():
    wrong = []
    for problem in basics.generate(variants=3):
        found = read_statement(problem.statement, id=problem.id).problem.samples
        given = {(t.input, t.expected.strip()) for t in problem.tests}
        if not found or any((s.input, str(s.expected).strip()) not in given for s in found):
            wrong.append(problem.id)
    assert wrong == []


@pytest.mark.slow
def test_every_solution_passes_its_tests():
    from gptcc_cli.judging import Judge, Verdict
    from gptcc_cli.sandbox import open_sandbox

    with open_sandbox(workers=2) as sandbox, Judge(sandbox) as judge:
        for problem in basics.generate(variants=1):
            for number, source in enumerate(problem.solutions):
                candidate = Candidate(id=str(number), source=source, completions=())
                judgement = judge.judge(candidate, problem.problem, problem.tests[:1])
                assert judgement.verdict is Verdict.AC, (problem.id, source, judgement.cases)


def test_no_problem_is_among_the_real_ones(shared):
    from gptcc_cli.training.gathering import exclusions

    real = exclusions(
        [str(shared / "data" / name) for name in ("samples/public.jsonl", "HumanEval.jsonl.gz")]
    )
    _, dropped = without_excluded(basics.generate(variants=6), real)
    assert dropped == ()

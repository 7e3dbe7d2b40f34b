"""The generated problems are solved by their solutions, and their samples can be found."""

import random

import pytest

from gptcc_cli.extraction import Candidate
from gptcc_cli.statement import read_statement
from gptcc_cli.training import basics
from gptcc_cli.training.assertions import asserted_tests
from gptcc_cli.training.basics.composed import composed_tasks
from gptcc_cli.training.basics.shapes import SHAPES
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
    names = [task.name for task in (*basics.tasks(), *composed_tasks())]
    assert taught | held == set(names)
    assert held > basics.ASKED_ELSEWHERE
    assert len(held) > 100


def test_a_composed_task_says_the_same_as_expression_and_as_statements():
    for task in composed_tasks():
        shape = SHAPES[task.parameters]
        rng = random.Random(task.name)
        made = {}
        exec(f"from typing import List\n{task.source}", made)  # noqa: S102 - our own text
        for _ in range(20):
            arguments = shape.make(rng)
            assert made[task.name](*arguments) == task.function(*arguments), (task.name, arguments)


def test_functions_are_asked_in_every_form_and_their_answers_go_on_from_the_code():
    asked = [p for p in basics.generate(variants=2) if p.entry_point]
    for problem in asked:
        assert problem.solutions[0].startswith(problem.starter_code.rstrip())
    for beginning in ("def ", "from typing import List", "class Solution"):
        assert any(p.starter_code.startswith(beginning) for p in asked)


def test_assertions_become_tests_of_the_function_they_call():
    tests, name = asserted_tests(
        ["assert twice([1], 'a') == [1, 1]", "assert twice([], 'b') == []"]
    )
    assert name == "twice"
    assert [(t.input, t.expected) for t in tests] == [(([1], "a"), [1, 1]), (([], "b"), [])]
    assert asserted_tests(["assert f(1) == 2", "assert g(1) == 2"]) is None
    assert asserted_tests(["print(1)"]) is None
    assert asserted_tests("assert f(1) == 2") is None
    # What is no plain value can't be compared, but says which function it is.
    assert asserted_tests(["assert f(1) == g(2)"]) == ((), "f")
    assert asserted_tests(["assert f(1) > 2"]) == ((), "f")


def test_every_solution_parses():
    for problem in basics.generate(variants=3):
        assert problem.solutions
        for solution in problem.solutions:
            assert parse(solution) is not None, solution


def test_samples_of_every_statement_are_found():
    wrong = []
    for problem in basics.generate(variants=3):
        if problem.entry_point:
            continue
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

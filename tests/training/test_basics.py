"""The generated problems are solved by their solutions, and their samples can be found."""

import hashlib
import json
import random

import pytest

from gptcc_cli.extraction import Candidate
from gptcc_cli.statement import read_statement
from gptcc_cli.training import basics
from gptcc_cli.training.answers import parse
from gptcc_cli.training.gathering import without_excluded
from gptcc_cli.training.problems import asserted_tests


# SHA-256 of the problems as gptcc 0.1 generated them. Checkpoints and published adapters were
# trained on exactly these; a change would make every interrupted run on them start again.
@pytest.mark.parametrize(
    ("arguments", "n_problems", "digest"),
    [
        ({}, 3623, "dc25642f69f72c19dc43b4b2ff6469fa6ae143d2137df1081cd51abebc4bfe1d"),
        (
            {"held_out": True},
            688,
            "a9d107ca0287f1ddbb44abb42d97a0528e32aa9ea9628cf686eec9ae8d40437e",
        ),
        (
            {"seed": 2, "held_out": True},
            710,
            "d26ecc9f6a0bce4db693df223d6217588f061424fb7d8d03a8edb3e6fb75e089",
        ),
        (
            {"variants": 1, "seed": 7},
            1026,
            "cdc5dc1c98afe3241642b9cfd6e831c7fd6a15dab4bef3a0e0fe5033d01d4a5b",
        ),
        (
            {"variants": 3, "seed": 3},
            2246,
            "0c34a6c446a33d0cd6b740db3891230c3795c106c313d95039b5f0fe0c97e911",
        ),
    ],
)
def test_generated_problems_never_change(arguments, n_problems, digest):
    lines = [_line_of(problem) for problem in basics.generate(**arguments)]
    assert len(lines) == n_problems
    assert hashlib.sha256("".join(lines).encode()).hexdigest() == digest


def _line_of(problem):
    tests = [
        [test.name, test.input if isinstance(test.input, str) else list(test.input), test.expected]
        for test in problem.tests
    ]
    fields = [problem.id, problem.statement, list(problem.solutions), problem.starter_code]
    fields += [problem.entry_point, tests, problem.split, problem.origin]
    return json.dumps(fields, ensure_ascii=False) + "\n"


def test_same_seed_gives_the_same_problems_and_another_seed_others():
    one = list(basics.generate(variants=1, seed=3))
    assert one == list(basics.generate(variants=1, seed=3))
    assert one != list(basics.generate(variants=1, seed=4))


def test_no_variant_of_a_held_out_task_is_trained_on():
    trained = {p.id.split("-")[1] for p in basics.generate(variants=2)}
    held = {p.id.split("-")[1] for p in basics.generate(variants=2, held_out=True)}
    assert not trained & held
    names = [task.name for task in (*basics.tasks(), *basics.composed_tasks())]
    assert trained | held == set(names)
    assert held > basics.asked_elsewhere()
    assert len(held) > 100


def test_a_composed_task_says_the_same_as_expression_and_as_statements():
    for task in basics.composed_tasks():
        shape = basics.input_shapes()[task.parameters]
        rng = random.Random(task.name)
        made = {}
        exec(f"from typing import List\n{task.source}", made)  # noqa: S102 - our own text
        for _ in range(20):
            arguments = shape.draw(rng)
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

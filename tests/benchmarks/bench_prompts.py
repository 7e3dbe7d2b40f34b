"""Which prompt forms, at which temperatures, give a small model right programs.

    python -m tests.benchmarks.bench_prompts BENCHMARK [--template NAME] [--form 0]
        [--temperature 0.2] [--limit 20] [--skip 0] [--n 32] [--max-new-tokens 128] [--out FILE]

BENCHMARK is ``basics`` (the hand-written tasks that gptcc trains on, reading standard input) or
``basics-calls`` (the same tasks as functions), or what ``gptcc eval`` reads: HumanEval, a directory
in APPS layout, a file of MBPP. A problem of MBPP is put as HumanEval puts its own: the reference's
signature, a docstring with the task, and two of the assertions as examples. Problems are taken in
an order that a hash of their ids gives. Every candidate is judged on the statement's samples and on
the hidden tests, a second each; nothing hidden reaches a prompt. ``--out`` keeps a row for each
candidate; ``--rows`` prints the table of such files again.
"""

import argparse
import ast
import hashlib
import json
import math
import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

from gptcc_cli.benchmarks import BenchmarkItem, open_benchmark
from gptcc_cli.benchmarks.records import humaneval_item
from gptcc_cli.errors import ProblemError
from gptcc_cli.extraction import Candidate, extract
from gptcc_cli.generation import Request, Sampling, open_generator
from gptcc_cli.generation.completion import derive_seed
from gptcc_cli.judging import AskedLimits, Judge, Verdict
from gptcc_cli.models import LoadedModel, ModelSpec, find, load
from gptcc_cli.problem import IOTest
from gptcc_cli.prompting import Prompt, build_prompts, load_template
from gptcc_cli.sandbox import open_sandbox
from gptcc_cli.statement import read_statement
from gptcc_cli.training.basics import generate, input_shapes, tasks

Row = dict[str, Any]


def main() -> None:
    """Write, judge and print a table; or print it again."""
    options = _options()
    if options.rows:
        rows = [json.loads(line) for path in options.rows for line in path.open()]
    else:
        rows = list(_kept(_measure(options), options.out))
    sys.stdout.write(_table(rows))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("benchmark", nargs="?")
    parser.add_argument(
        "--template", action="append", help="a name or a file; several are compared"
    )
    parser.add_argument("--form", action="append", type=int, help="only these forms, from 0")
    parser.add_argument("--temperature", action="append", type=float)
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--adapter", default=None, help="of the model; by default what ships")
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--mode", choices=("stdin", "call"))
    parser.add_argument("--n", type=int, default=32, help="candidates a form and temperature")
    parser.add_argument("--max-new-tokens", type=int, default=128)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--rows", type=Path, nargs="+")
    return parser.parse_args()


def problems(where: str, *, skip: int, limit: int, mode: str | None = None) -> list[BenchmarkItem]:
    """Problems of a benchmark that have samples and hidden tests, in an order of no meaning."""
    if where.startswith("basics"):
        items = _called_basics() if where == "basics-calls" else _basics()
        return sorted(items, key=lambda item: _shuffled(item.problem.id))[skip : skip + limit]
    entries = open_benchmark(where).entries
    shuffled = sorted(entries, key=lambda entry: _shuffled(entry.id))
    found: list[BenchmarkItem] = []
    for entry in shuffled:
        try:
            item = _as_humaneval(entry.load())
        except ProblemError:
            continue
        right_mode = mode in (None, item.problem.mode.value)
        if item.gradable and item.problem.trusted_samples and right_mode:
            found.append(item)
            if len(found) == skip + limit:
                break
    return found[skip:]


def _shuffled(id_: str) -> bytes:
    return hashlib.sha256(id_.encode()).digest()


def _basics() -> Iterator[BenchmarkItem]:
    """One problem of each task, on standard input, in one of several layouts."""
    names = {f"basics-{task.name}-0" for task in tasks()}
    for held_out in (False, True):
        for one in generate(variants=1, held_out=held_out):
            if one.id not in names:
                continue
            problem = read_statement(one.statement, id=one.id).problem
            if problem.trusted_samples:
                yield BenchmarkItem(problem=problem, tests=one.tests)


def _called_basics() -> Iterator[BenchmarkItem]:
    """Each task as a function with a docstring that holds two calls."""
    for task in tasks():
        rng = random.Random(task.name)
        names = [name for name in task.parameters if name != "n" or "a" not in task.parameters]
        calls = [
            dict(zip(task.parameters, input_shapes()[task.parameters].draw(rng), strict=True))
            for _ in range(10)
        ]
        tests = [
            IOTest(
                name=f"test {number}",
                input=tuple(call[name] for name in names),
                expected=task.function(**call),
            )
            for number, call in enumerate(calls, start=1)
        ]
        shown = [
            line
            for test in tests[:2]
            for line in (
                f">>> {task.name}({', '.join(map(repr, test.input))})",
                repr(test.expected),
            )
        ]
        ask = task.statements[0].replace("Print", "Return").replace("print", "return")
        lines = [f"def {task.name}({', '.join(names)}):", f'    """{ask}', ""]
        statement = "\n".join([*lines, *("    " + line for line in shown), '    """', ""])
        problem = read_statement(statement, id=f"call-{task.name}").problem
        yield BenchmarkItem(problem=problem, tests=tuple(tests))


def _as_humaneval(item: BenchmarkItem) -> BenchmarkItem:
    """Put a problem of MBPP as HumanEval would; others stay as they are."""
    if item.check_source is None or item.completes or not item.references:
        return item
    name = item.problem.entry_point or ""
    reference = item.references[0]
    function = next(
        node
        for node in ast.parse(reference).body
        if isinstance(node, ast.FunctionDef) and node.name == name
    )
    task, _, shown = item.problem.statement.partition("\nYour code should pass these tests:\n")
    examples = [line for test in shown.strip().splitlines()[:2] for line in _doctest(test)]
    lines = [f'"""{task.strip()}', "", *examples, '"""']
    prompt = f"def {name}({ast.unparse(function.args)}):\n" + "".join(
        f"    {line}\n" if line else "\n" for line in lines
    )
    made = humaneval_item(
        {"prompt": prompt, "entry_point": name, "test": "", "canonical_solution": None},
        item.problem.id,
    )
    return replace(made, check_source=item.check_source, references=item.references)


def _doctest(assertion: str) -> list[str]:
    try:
        test = ast.parse(assertion).body[0]
    except SyntaxError:
        return []
    if not (isinstance(test, ast.Assert) and isinstance(test.test, ast.Compare)):
        return []
    called, expected = test.test.left, test.test.comparators[0]
    if not (isinstance(called, ast.Call) and isinstance(test.test.ops[0], ast.Eq)):
        return []
    return [f">>> {ast.unparse(called)}", ast.unparse(expected)]


def _measure(options: argparse.Namespace) -> Iterator[Row]:
    items = problems(options.benchmark, skip=options.skip, limit=options.limit, mode=options.mode)
    loaded = load(
        find(ModelSpec(name="embedded", dtype="bfloat16", device="cpu", adapter=options.adapter))
    )
    generator = open_generator(loaded)
    with open_sandbox() as sandbox, Judge(sandbox, limits=AskedLimits(wall_s=1.0)) as judge:
        for number, item in enumerate(items):
            started_s = time.monotonic()
            requests = _requests(item, loaded, options)
            names = [name for name, _ in requests]
            sampling = Sampling(
                n=len(requests), max_new_tokens=options.max_new_tokens, batch_size=32
            )
            n_tokens = 0
            for completion in generator.generate([one for _, one in requests], sampling):
                candidate = extract(completion, item.problem)
                n_tokens += completion.n_tokens
                yield {
                    "problem": item.problem.id,
                    "form": names[completion.index],
                    "temperature": completion.temperature,
                    "index": completion.index,
                    "tokens": completion.n_tokens,
                    "finish": completion.finish.value,
                    "logprob": completion.mean_logprob,
                    "text": completion.text,
                    "program": candidate.id,
                    "code": bool(candidate.source.strip()),
                    "parses": candidate.syntax_error is None,
                    **_verdicts(judge, candidate, item),
                }
            rate = n_tokens / (time.monotonic() - started_s)
            sys.stderr.write(f"{number + 1}/{len(items)} {item.problem.id} {rate:.0f} tokens/s\n")


def _requests(
    item: BenchmarkItem, loaded: LoadedModel, options: argparse.Namespace
) -> list[tuple[str, Request]]:
    made: list[tuple[str, Request]] = []
    for name in options.template or ["examples"]:
        for which, prompt in enumerate(_prompts(item, name, loaded, options.max_new_tokens)):
            if options.form and which not in options.form:
                continue
            for temperature in options.temperature or [0.2, 0.6, 0.8]:
                for _ in range(options.n):
                    index = len(made)
                    request = Request(
                        prompt=prompt,
                        index=index,
                        temperature=temperature,
                        seed=derive_seed(options.seed, item.problem.id, index),
                    )
                    made.append((f"{Path(name).stem}/{which}", request))
    return made


def _prompts(
    item: BenchmarkItem, name: str, loaded: LoadedModel, max_new_tokens: int
) -> tuple[Prompt, ...]:
    return build_prompts(
        item.problem,
        load_template(name),
        count_tokens=loaded.tokenizer.count,
        render_chat=loaded.tokenizer.render_chat,
        window=loaded.context_length,
        max_new_tokens=max_new_tokens,
    )


_KNOWN: dict[tuple[str, str], dict[str, bool]] = {}


def _verdicts(judge: Judge, candidate: Candidate, item: BenchmarkItem) -> dict[str, bool]:
    """Whether a program passes the samples, and the hidden tests."""
    problem = item.problem
    if candidate.syntax_error is not None:
        return {"samples": False, "hidden": False}
    key = (problem.id, candidate.id)
    if key not in _KNOWN:
        by_samples = judge.judge(
            candidate, problem, problem.trusted_samples, stop_at_first_failure=True
        )
        passed = by_samples.verdict is Verdict.AC
        _KNOWN[key] = {"samples": passed, "hidden": passed and _is_right(judge, candidate, item)}
    return _KNOWN[key]


def _is_right(judge: Judge, candidate: Candidate, item: BenchmarkItem) -> bool:
    if item.check_source is not None:
        judgement = judge.judge_assertions(candidate, item.problem, item.check_source)
    else:
        judgement = judge.judge(candidate, item.problem, item.tests, stop_at_first_failure=True)
    return judgement.verdict is Verdict.AC


def _kept(rows: Iterable[Row], path: Path | None) -> Iterator[Row]:
    if path is None:
        yield from rows
        return
    with path.open("w") as file:
        for row in rows:
            file.write(json.dumps(row) + "\n")
            file.flush()
            yield row


def _table(rows: list[Row]) -> str:
    groups: dict[tuple[str, float], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["form"], row["temperature"]].append(row)
    head = (
        "| form | T | n | code | parse | samples | right | tokens | cut off | distinct | solved "
        "| solved at 1,000 tokens |\n|---|" + "---:|" * 11 + "\n"
    )
    return head + "".join(_line(*key, found) for key, found in sorted(groups.items()))


def _line(form: str, temperature: float, rows: list[Row]) -> str:
    n = len(rows)
    by_problem: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_problem[row["problem"]].append(row)
    shares = [sum(row[key] for row in rows) / n for key in ("code", "parses", "samples", "hidden")]
    tokens = sum(row["tokens"] for row in rows) / n
    cut = sum(row["finish"] == "length" for row in rows) / n
    distinct = len({(row["problem"], row["program"]) for row in rows if row["code"]}) / n
    solved = sum(any(row["hidden"] for row in found) for found in by_problem.values())
    expected = sum(_within(found, 1000) for found in by_problem.values())
    cells = [
        *(f"{100 * share:.1f}" for share in shares),
        f"{tokens:.0f}",
        f"{100 * cut:.0f}",
        f"{100 * distinct:.0f}",
        f"{solved} of {len(by_problem)}",
        f"{expected:.2f}",
    ]
    return f"| {form} | {temperature} | {n} | {' | '.join(cells)} |\n"


def _within(rows: list[Row], budget_tokens: int) -> float:
    """Chance that the candidates so many tokens pay for hold a right one, drawn without return."""
    n, right = len(rows), sum(row["hidden"] for row in rows)
    drawn = min(n, max(1, round(budget_tokens * n / max(1, sum(row["tokens"] for row in rows)))))
    return 1 - math.comb(n - right, drawn) / math.comb(n, drawn)


if __name__ == "__main__":
    main()

"""``gptcc solve`` from end to end: real statements, sandbox and judge; completions from a file."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Command

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
COINS = EXAMPLES / "coins.txt"

RIGHT = "a, b = map(int, input().split())\nprint(a + b)\n"
HALF = "print(7)\n"
WRONG = "print('no')\n"
BROKEN = "def (:\n"

Replay = Callable[..., Path]


@pytest.fixture
def replay(tmp_path: Path) -> Replay:
    """A function that writes completions to a file for ``--replay``."""

    def write(*texts: str) -> Path:
        path = tmp_path / "completions.jsonl"
        path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
        return path

    return write


def test_the_program_that_passes_is_the_only_output(gptcc: Command, replay: Replay) -> None:
    done = gptcc("solve", COINS, "--replay", replay(WRONG, RIGHT))
    assert done.returncode == 0, done.stderr
    assert done.stdout == RIGHT
    assert "passes both samples" in done.stderr


def test_no_candidate_that_passes_exits_1_and_is_labelled(gptcc: Command, replay: Replay) -> None:
    done = gptcc("solve", COINS, "--replay", replay(WRONG, HALF))
    assert done.returncode == 1
    first, rest = done.stdout.split("\n", 1)
    assert first.startswith("# gptcc: WRONG")
    assert "1 of 2 samples" in first
    assert rest == HALF


def test_no_samples_exits_3_and_is_labelled(gptcc: Command, replay: Replay, tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("Print the sum of two numbers.\n")
    done = gptcc("solve", "p.txt", "--replay", replay(RIGHT))
    assert done.returncode == 3
    assert done.stdout.startswith("# gptcc: UNVERIFIED")
    assert done.stdout.endswith(RIGHT)


def test_a_pipe_goes_through(gptcc: Command, replay: Replay) -> None:
    solved = gptcc("solve", "-", "--replay", replay(RIGHT), stdin=COINS.read_bytes())
    assert solved.returncode == 0
    ran = subprocess.run(
        [sys.executable, "-c", solved.stdout],
        input="20 22",
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "42\n"


def test_standard_input_is_read_when_nothing_is_named(gptcc: Command, replay: Replay) -> None:
    done = gptcc("solve", "--replay", replay(RIGHT), stdin=COINS.read_bytes())
    assert done.stdout == RIGHT


def test_require_pass_prints_nothing_that_fails(gptcc: Command, replay: Replay) -> None:
    done = gptcc("solve", COINS, "--replay", replay(WRONG), "--require-pass")
    assert (done.returncode, done.stdout) == (1, "")


def test_no_check_never_runs_a_program(gptcc: Command, replay: Replay) -> None:
    done = gptcc("solve", COINS, "--replay", replay(WRONG), "--no-check", env={"GPTCC_EXEC": "0"})
    assert done.returncode == 0
    assert done.stdout == f"# gptcc: NOT RUN (--no-check)\n{WRONG}"


def test_forbidden_execution_exits_6(gptcc: Command, replay: Replay) -> None:
    done = gptcc("solve", COINS, "--replay", replay(RIGHT), env={"GPTCC_EXEC": "0"})
    assert (done.returncode, done.stdout) == (6, "")


def test_output_goes_to_a_file_as_a_whole(gptcc: Command, replay: Replay, tmp_path: Path) -> None:
    done = gptcc("solve", COINS, "--replay", replay(RIGHT), "-o", "a.py")
    assert (done.returncode, done.stdout) == (0, "")
    assert (tmp_path / "a.py").read_text() == RIGHT
    assert not list(tmp_path.glob(".a.py*"))


def test_completions_without_a_program_say_so(gptcc: Command, replay: Replay) -> None:
    done = gptcc("solve", COINS, "--replay", replay("", "  \n"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "no completion contains a program" in done.stderr


def test_save_all_keeps_every_candidate_and_replays(
    gptcc: Command, replay: Replay, tmp_path: Path
) -> None:
    done = gptcc("solve", COINS, "--replay", replay(WRONG, BROKEN, RIGHT), "--save-all", "all")
    assert done.returncode == 0
    names = sorted(path.name for path in (tmp_path / "all").iterdir())
    assert names == ["000-AC.py", "001-WA.py", "002-CE.py", "completions.jsonl"]
    again = gptcc("solve", COINS, "--replay", tmp_path / "all" / "completions.jsonl")
    assert again.stdout == RIGHT


def test_several_problems_go_to_a_directory(gptcc: Command, replay: Replay, tmp_path: Path) -> None:
    texts = replay(RIGHT)
    assert gptcc("solve", COINS, EXAMPLES / "shout.txt", "--replay", texts).returncode == 2
    done = gptcc("solve", COINS, EXAMPLES / "shout.txt", "--replay", texts, "-o", "out")
    assert done.returncode == 1
    assert (tmp_path / "out" / "coins.py").read_text() == RIGHT
    assert (tmp_path / "out" / "shout.py").read_text().startswith("# gptcc: WRONG")


def test_samples_are_shown_beside_the_answer(gptcc: Command, replay: Replay) -> None:
    done = gptcc("solve", COINS, "--replay", replay(RIGHT), "--show-samples")
    assert done.stdout == RIGHT
    assert "sample 1, lines 18-21" in done.stderr
    assert "1000000025" in done.stderr


def test_json_says_what_was_verified(gptcc: Command, replay: Replay) -> None:
    done = gptcc("solve", COINS, "--replay", replay(WRONG, RIGHT), "--json", "-q")
    record = json.loads(done.stdout)
    assert record["schema"] == "gptcc.solution/2"
    assert record["solved"] is True
    assert (record["n_passed"], record["n_tests"]) == (2, 2)
    assert record["program"] == RIGHT
    assert [one["verdict"] for one in record["candidates"]] == ["AC", "WA"]
    assert done.stderr == ""


def test_every_output_says_that_there_was_no_sandbox(
    gptcc: Command, replay: Replay, tmp_path: Path
) -> None:
    texts = replay(RIGHT)
    shown = gptcc("solve", COINS, "--replay", texts, "--unsafe", env={"COLUMNS": "200"})
    assert "WITHOUT a sandbox" in shown.stderr.splitlines()[0]
    assert "passes both samples" in shown.stderr
    assert "WITHOUT a sandbox" in shown.stderr
    record = json.loads(gptcc("solve", COINS, "--replay", texts, "--unsafe", "--json").stdout)
    assert record["sandboxed"] is False
    (tmp_path / "a.py").write_text(RIGHT)
    for form in ("json", "github", "sarif"):
        done = gptcc("check", "a.py", "-p", COINS, "--unsafe", "--format", form)
        assert "WITHOUT a sandbox" in done.stdout, form


EVEN = """Is the number n even? Print YES or NO.

Input
One line with n.

Output
YES or NO.

Sample Input
2048

Sample Output
YES
"""


@pytest.mark.parametrize(
    ("programs", "words"),
    [
        (("print('YES')", "print('NO')", "print('YE')"), "1 in 2 random programs"),
        (
            ("print('YES')", "print('YES' if 1 else '')", "print('NO')"),
            "but fails on most further inputs",
        ),
        (
            (
                "print('YES' if int(input()) % 2 == 0 else 'NO')",
                "print('YES' if int(input()) > 1999 else 'NO')",
            ),
            "1 other passing candidate",
        ),
    ],
)
def test_the_headline_says_what_speaks_against_a_program_that_passes(
    gptcc: Command, replay: Replay, tmp_path: Path, programs: tuple[str, ...], words: str
) -> None:
    (tmp_path / "even.txt").write_text(EVEN)
    texts = replay(*(f"{program}\n" for program in programs))
    until = "first" if "random" in words else "all"
    done = gptcc("solve", "even.txt", "--replay", texts, "--until", until, env={"COLUMNS": "200"})
    assert done.returncode == 0, done.stderr
    assert words in done.stderr
    done = gptcc("solve", "even.txt", "--replay", texts, "--until", until, "--json", "-q")
    record = json.loads(done.stdout)
    assert record["solved"] and not record["confident"]


ADD = """Print n + 8.

Input
One line with n.

Output
The sum.

Sample Input
9

Sample Output
17
"""


def test_the_headline_says_how_few_write_what_passes(
    gptcc: Command, replay: Replay, tmp_path: Path
) -> None:
    (tmp_path / "add.txt").write_text(ADD)
    wrong = [f"print({n})\n" for n in range(100, 131)]
    right = ["print(int(input()) + 8)\n", "print(8 + int(input()))\n"]
    for texts, said in ([*wrong, right[0]], True), ([*wrong, *right], False):
        more = ("--until", "all", "-n", "40")
        done = gptcc("solve", "add.txt", "--replay", replay(*texts), *more, env={"COLUMNS": "200"})
        assert done.returncode == 0, done.stderr
        assert ("only 1 of 32" in done.stderr) == said
        assert ("but" in done.stderr) == said


def test_a_confident_answer_has_nothing_said_against_it(gptcc: Command, replay: Replay) -> None:
    texts = replay(WRONG, RIGHT, RIGHT.replace("a + b", "b + a"), RIGHT + "b = a\n")
    done = gptcc("solve", COINS, "--replay", texts, "--json", "--until", "all")
    record = json.loads(done.stdout)
    assert record["confident"]
    assert (record["n_passing"], record["n_same_outputs"]) == (3, 3)
    assert "but" not in done.stderr
    done = gptcc("solve", COINS, "--replay", texts, "--json")
    assert not json.loads(done.stdout)["confident"]  # nobody was asked to agree
    assert "but" not in done.stderr


def test_an_answer_can_go_to_a_pipe_by_name(gptcc: Command, replay: Replay, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    done = gptcc("solve", COINS, "--replay", replay(RIGHT), "-o", pipe)
    assert done.returncode == 0, done.stderr
    assert os.read(reader, 1000).decode() == RIGHT
    os.close(reader)
    assert pipe.is_fifo()


def test_call_based_problems_are_solved(gptcc: Command, replay: Replay) -> None:
    program = "def count_vowels(word):\n    return sum(c in 'aeiou' for c in word)\n"
    done = gptcc("solve", EXAMPLES / "vowels.txt", "--replay", replay(program))
    assert (done.returncode, done.stdout) == (0, program), done.stderr


def test_starter_code_makes_a_problem_call_based(
    gptcc: Command, replay: Replay, tmp_path: Path
) -> None:
    (tmp_path / "p.txt").write_text("Double a number. For example, double(4) should return 8.\n")
    (tmp_path / "starter.py").write_text("def double(number):\n    ")
    program = "def double(number):\n    return 2 * number\n"
    done = gptcc("solve", "p.txt", "--starter", "starter.py", "--replay", replay(program))
    assert (done.returncode, done.stdout) == (0, program), done.stderr


def test_given_tests_reject_what_the_samples_accept(
    gptcc: Command, replay: Replay, tmp_path: Path
) -> None:
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "1.in").write_text("0 0\n")
    (tmp_path / "t" / "1.out").write_text("0\n")
    cheat = "print({'3': 7}.get(input().split()[0], 1000000025))\n"
    assert gptcc("solve", COINS, "--replay", replay(cheat)).returncode == 0
    done = gptcc("solve", COINS, "--replay", replay(cheat), "--tests", "t")
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty", b""),
        ("blank", b" \n\t\n"),
        ("binary", bytes(range(256)) * 8),
        ("wrong encoding", "Привет, мир".encode("cp1251")),
    ],
)
def test_what_is_no_statement_exits_4(
    gptcc: Command, replay: Replay, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / "p.txt").write_bytes(content)
    done = gptcc("solve", "p.txt", "--replay", replay(RIGHT))
    assert done.returncode == 4
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert "hint: " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_statements_with_a_byte_order_mark_are_read(
    gptcc: Command, replay: Replay, tmp_path: Path, encoding: str
) -> None:
    (tmp_path / "p.txt").write_bytes(COINS.read_text().encode(encoding))
    assert gptcc("solve", "p.txt", "--replay", replay(RIGHT)).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("absent.txt",), 4),
        ((".",), 4),
        ((COINS, "-n", "0"), 2),
        ((COINS, "-n", "five"), 2),
        ((COINS, "--temperature", "0", "-n", "5"), 2),
        ((COINS, "--temperature", "warm"), 2),
        ((COINS, "--starter", "absent.py"), 4),
        ((COINS, "--tests", "absent"), 4),
        ((COINS, "--template", "absent"), 2),
        ((COINS, "-o", "absent/a.py"), 1),
        ((COINS, "--until", "never"), 2),
    ],
)
def test_bad_input_is_one_sentence_with_a_hint(
    gptcc: Command, arguments: tuple[str, ...], code: int
) -> None:
    done = gptcc("solve", *arguments, env={"HF_HUB_OFFLINE": "1"})
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["error", "hint"], done.stderr


def test_a_statement_of_20_mb_is_refused_or_read_but_never_a_traceback(
    gptcc: Command, replay: Replay, tmp_path: Path
) -> None:
    (tmp_path / "p.txt").write_bytes(b"word " * (21 << 18))
    done = gptcc("solve", "p.txt", "--replay", replay(RIGHT))
    assert done.returncode == 4
    assert "hint: " in done.stderr


def test_a_replay_that_is_no_file_of_completions_exits_5(gptcc: Command, tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text("{nonsense\n")
    done = gptcc("solve", COINS, "--replay", "c.jsonl")
    assert done.returncode == 5
    assert "c.jsonl:1" in done.stderr


def test_an_answer_that_cannot_be_written_is_printed(
    gptcc: Command, replay: Replay, tmp_path: Path
) -> None:
    # The place vanishes while the program is sought: nothing found may be lost.
    done = gptcc("solve", COINS, "--replay", replay(RIGHT), "-o", "/dev/full/a.py")
    assert done.returncode == 1
    assert "error: " in done.stderr


@pytest.mark.parametrize(
    "arguments", [("solve", str(COINS)), ("solve", str(COINS), "--json"), ("solve", "--help")]
)
def test_a_full_disk_is_one_sentence(replay: Replay, arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "gptcc_cli", *arguments]
    if "--help" not in arguments:
        command += ["-q", "--replay", str(replay(RIGHT))]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False
        )
    assert done.returncode == 1
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["error", "hint"]


def test_fill_writes_what_is_missing_and_says_where_from(
    gptcc: Command, replay: Replay, tmp_path: Path
) -> None:
    for name in ("coins", "solved"):
        (tmp_path / "problems" / name).mkdir(parents=True)
        (tmp_path / "problems" / name / "problem.md").write_text(COINS.read_text())
    (tmp_path / "problems" / "solved" / "solution.py").write_text(WRONG)
    options = ("--fill", "problems", "--replay", replay(WRONG, RIGHT), "--seed", "3")
    done = gptcc("solve", *options)
    assert (done.returncode, done.stdout) == (1, "problems/coins/solution.py\n")
    header, _, program = (tmp_path / done.stdout.strip()).read_text().partition("\n")
    assert "replay of completions.jsonl, seed 3: passes 2 of 2" in header
    assert program == RIGHT
    assert (tmp_path / "problems" / "solved" / "solution.py").read_text() == WRONG
    assert gptcc("solve", *options).returncode == 0


def test_fill_refuses_a_directory_that_is_not_there(gptcc: Command, replay: Replay) -> None:
    done = gptcc("solve", "--fill", "problms", "--replay", replay(RIGHT))
    assert done.returncode == 2
    assert "'problms'" in done.stderr


def test_a_reader_that_has_gone_is_silent(replay: Replay) -> None:
    command = [sys.executable, "-m", "gptcc_cli", "solve", str(COINS), "-q"]
    with subprocess.Popen(
        [*command, "--replay", str(replay(RIGHT))],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_a_closed_output_is_one_sentence(replay: Replay) -> None:
    words = [sys.executable, "-m", "gptcc_cli", "solve", str(COINS), "-q", "--replay"]
    command = " ".join([*words, str(replay(RIGHT)), ">&-"])
    done = subprocess.run(
        ["sh", "-c", command], stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: standard output is closed")


def test_a_narrow_terminal_gets_its_reasons_in_words(gptcc: Command, replay: Replay) -> None:
    done = gptcc("solve", COINS, "--replay", replay(WRONG), env={"COLUMNS": "40"})
    table = [line for line in done.stderr.splitlines() if "│" in line]
    assert max(map(len, table)) == 40
    assert "passes 0 of 2" in table[0]


def test_a_file_without_completions_is_told(gptcc: Command, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    done = gptcc("solve", COINS, "--replay", "empty.jsonl")
    assert (done.returncode, done.stdout) == (5, "")
    assert "empty.jsonl' contains no completions\nhint: " in done.stderr


def test_the_budget_with_nothing_to_print_exits_124(gptcc: Command, replay: Replay) -> None:
    slow = "import time\ntime.sleep(60)\n"
    done = gptcc("solve", COINS, "--replay", replay(slow), "--budget", "1s", "-t", "30s")
    assert (done.returncode, done.stdout) == (124, "")
    assert "the budget ended before" in done.stderr


def test_an_interruption_prints_the_best_so_far_and_exits_130(
    replay: Replay, tmp_path: Path
) -> None:
    slow = "import time\ntime.sleep(60)\n"
    command = [sys.executable, "-m", "gptcc_cli", "solve", str(COINS), "-t", "60s", "-v"]
    command += ["--save-all", str(tmp_path / "all"), "--replay", str(replay(HALF, slow))]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    assert process.stderr is not None
    while not process.stderr.readline().startswith("#0   WA"):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    first, rest = out.split("\n", 1)
    assert first.startswith("# gptcc: WRONG")
    assert "1 of 2 samples" in first and "interrupted" in first
    assert rest == HALF
    assert "Traceback" not in err


def test_same_seed_same_settings_same_program(gptcc: Command, replay: Replay) -> None:
    other = "print(sum(map(int, input().split())))\n"
    texts = replay(*[WRONG] * 5, RIGHT, other)
    assert {gptcc("solve", COINS, "--replay", texts, "-q").stdout for _ in range(3)} == {RIGHT}


def test_output_reads_without_colour_in_a_narrow_place(gptcc: Command, replay: Replay) -> None:
    done = gptcc("solve", COINS, "--replay", replay(WRONG), env={"NO_COLOR": "1", "COLUMNS": "40"})
    assert "\x1b" not in done.stderr
    assert max(map(len, done.stderr.splitlines())) <= 40

"""``gptcc history``, and the runs that ``gptcc solve`` keeps; completions come from a file."""

import json
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command

ROOT = Path(__file__).parents[2]
COINS = ROOT / "docs" / "examples" / "coins.txt"
SHOUT = ROOT / "docs" / "examples" / "shout.txt"

RIGHT = "a, b = map(int, input().split())\nprint(a + b)\n"
WRONG = "print('no')\n"


@pytest.fixture(autouse=True)
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A history of this test's own."""
    path = tmp_path / "state" / "history.sqlite"
    monkeypatch.setenv("GPTCC_HISTORY", str(path))
    return path


@pytest.fixture
def replay(tmp_path: Path) -> Path:
    """Completions: a wrong program, a right one, and the right one again."""
    path = tmp_path / "completions.jsonl"
    texts = (WRONG, RIGHT, RIGHT + "\n")
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return path


def lines(gptcc: Command, *arguments: str) -> list[dict[str, object]]:
    done = gptcc("history", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_run_is_kept_and_listed(gptcc: Command, replay: Path) -> None:
    gptcc("solve", COINS, "--replay", replay, "-n", "3", "--until", "all")
    gptcc("solve", SHOUT, "--replay", replay)
    shout, coins = lines(gptcc, "list")
    assert (coins["problem"], coins["result"], coins["exit_code"]) == ("coins", "solved", 0)
    assert (shout["problem"], shout["result"], shout["exit_code"]) == ("shout", "unsolved", 1)
    assert coins["n_completions"] == 3
    table = gptcc("history", "list").stdout.splitlines()
    assert table[0].split() == [
        "run",
        "when",
        "problem",
        "model",
        "result",
        "candidates",
        "seconds",
    ]
    assert [line.split()[0] for line in table[1:]] == [shout["run"], coins["run"]]


def test_the_list_is_chosen_by_result_and_length(gptcc: Command, replay: Path) -> None:
    for problem in (COINS, SHOUT, COINS):
        gptcc("solve", problem, "--replay", replay)
    assert [run["problem"] for run in lines(gptcc, "list", "--solved")] == ["coins", "coins"]
    assert [run["problem"] for run in lines(gptcc, "list", "--unsolved")] == ["shout"]
    assert [run["problem"] for run in lines(gptcc, "list", "--limit", "2")] == ["coins", "shout"]


def test_show_gives_problem_settings_programs_and_answer(gptcc: Command, replay: Path) -> None:
    gptcc("solve", COINS, "--replay", replay, "--seed", "5", "-t", "3", "--until", "all")
    page = gptcc("history", "show", "last").stdout
    assert "solved, exit code 0" in page
    assert "seed=5" in page
    assert "passes 2 of 2, written 2 times" in page
    assert page.endswith(RIGHT)
    (record,) = lines(gptcc, "show", "last")
    assert record["statement"] == COINS.read_text()
    assert record["config"]["time_limit_s"] == 3  # type: ignore[index]
    assert [one["verdict"] for one in record["programs"]] == ["AC", "WA"]  # type: ignore[attr-defined]


def test_show_program_prints_it_alone(gptcc: Command, replay: Path) -> None:
    gptcc("solve", COINS, "--replay", replay, "--until", "all")
    assert gptcc("history", "show", "last", "--program").stdout == RIGHT
    assert gptcc("history", "show", "last", "--rank", "2").stdout == WRONG
    done = gptcc("history", "show", "last", "--rank", "3")
    assert (done.returncode, done.stdout) == (2, "")
    assert "2 programs" in done.stderr


def test_verbose_says_the_runs_name(gptcc: Command, replay: Path) -> None:
    said = gptcc("solve", COINS, "--replay", replay, "-v").stderr
    assert f"run {lines(gptcc, 'list')[0]['run']}\n" in said


def test_json_names_the_run(gptcc: Command, replay: Path) -> None:
    said = gptcc("solve", COINS, "--replay", replay, "--json", "-q").stdout
    assert json.loads(said)["run"] == lines(gptcc, "list")[0]["run"]
    said = gptcc("solve", COINS, "--replay", replay, "--json", "-q", "--no-log").stdout
    assert json.loads(said)["run"] is None


def test_no_log_keeps_nothing(gptcc: Command, replay: Path, history: Path, tmp_path: Path) -> None:
    assert gptcc("solve", COINS, "--replay", replay, "--no-log").returncode == 0
    assert gptcc("solve", COINS, "--replay", replay, env={"GPTCC_LOG": "0"}).returncode == 0
    (tmp_path / "gptcc.toml").write_text("log = false\n")
    assert gptcc("solve", COINS, "--replay", replay).returncode == 0
    assert not history.exists()
    done = gptcc("history", "list")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "no runs yet\n")


def test_the_users_settings_choose_the_place_and_a_projects_do_not(
    gptcc: Command, replay: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GPTCC_HISTORY")
    user = tmp_path / "config"
    (user / "gptcc").mkdir(parents=True)
    (user / "gptcc" / "config.toml").write_text(f'history = "{tmp_path}/mine.sqlite"\n')
    env = {"XDG_CONFIG_HOME": str(user), "XDG_STATE_HOME": str(tmp_path / "never")}
    assert gptcc("solve", COINS, "--replay", replay, env=env).returncode == 0
    assert (tmp_path / "mine.sqlite").is_file()
    assert not (tmp_path / "never").exists()
    (tmp_path / "gptcc.toml").write_text('history = "theirs.sqlite"\n')
    done = gptcc("solve", COINS, "--replay", replay, env=env)
    assert done.returncode == 2
    assert "can't be set in a project file" in done.stderr


def test_the_place_is_the_platforms(
    gptcc: Command, replay: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GPTCC_HISTORY")
    state = {"XDG_STATE_HOME": str(tmp_path / "xdg")}
    assert gptcc("solve", COINS, "--replay", replay, env=state).returncode == 0
    place = tmp_path / "xdg" / "gptcc" / "history.sqlite"
    assert place.stat().st_mode & 0o777 == 0o600
    assert place.parent.stat().st_mode & 0o777 == 0o700


def test_a_history_that_cannot_be_used_costs_one_warning(
    gptcc: Command, replay: Path, history: Path
) -> None:
    history.parent.mkdir()
    history.write_text("no database\n" * 100)
    done = gptcc("solve", COINS, "--replay", replay)
    assert (done.returncode, done.stdout) == (0, RIGHT)
    assert done.stderr.count("warning:") == 1
    assert "--no-log" in done.stderr
    listed = gptcc("history", "list")
    assert listed.returncode == 1
    assert "not a database" in listed.stderr


def test_a_full_disk_costs_one_warning_and_what_was_kept_is_kept(
    gptcc: Command, replay: Path, history: Path, tmp_path: Path
) -> None:
    gptcc("solve", COINS, "--replay", replay)
    texts = [f"# {'x' * 20_000}\n" + WRONG.replace("no", str(n)) for n in range(30)] + [RIGHT]
    (tmp_path / "long.jsonl").write_text("".join(json.dumps({"text": t}) + "\n" for t in texts))
    done = subprocess.run(
        [sys.executable, "-m", "gptcc_cli", "solve", COINS, "--replay", tmp_path / "long.jsonl"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        # No file may grow past this: what a write to a full disk is, for one process.
        preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY)
        ),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == RIGHT
    assert done.stderr.count("warning:") == 1
    assert str(history) in done.stderr
    assert [run["result"] for run in lines(gptcc, "list", "--solved")] == ["solved"]


def test_an_unknown_run_names_the_nearest(gptcc: Command, replay: Path) -> None:
    empty = gptcc("history", "show", "last")
    assert empty.returncode == 2
    assert "the history is empty" in empty.stderr
    gptcc("solve", COINS, "--replay", replay)
    name = str(lines(gptcc, "list")[0]["run"])
    done = gptcc("history", "show", name[:-2] + "!!")
    assert done.returncode == 2
    assert f"did you mean {name}?" in done.stderr


def test_a_run_whose_model_fails_says_so(gptcc: Command) -> None:
    done = gptcc("solve", COINS, "--endpoint", "http://127.0.0.1:9", "-m", "any")
    (run,) = lines(gptcc, "list")
    assert (run["result"], run["exit_code"]) == ("failed", done.returncode)
    assert "no server answers" in str(lines(gptcc, "show", "last")[0]["failure"])


@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "kill -9"])
def test_a_run_that_is_stopped_is_kept_as_far_as_it_came(
    gptcc: Command, tmp_path: Path, blow: signal.Signals
) -> None:
    texts = ("print(7)\n", "while True:\n    pass\n")
    (tmp_path / "c.jsonl").write_text("".join(json.dumps({"text": t}) + "\n" for t in texts))
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gptcc_cli", "solve", COINS, "-t", "60s", "-v"),
            *("--replay", tmp_path / "c.jsonl"),
        ],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stderr is not None
        while not process.stderr.readline().startswith("#0   WA"):
            assert process.poll() is None
        while not lines(gptcc, "list") or not lines(gptcc, "show", "last")[0]["programs"]:
            assert process.poll() is None
        assert lines(gptcc, "list")[0]["result"] == "running"
        assert "1 run in progress" in gptcc("history", "prune", "--all", "--yes").stderr
        process.send_signal(blow)
        process.stderr.read()
    (run,) = lines(gptcc, "list")
    assert run["result"] == "interrupted"
    assert run["exit_code"] == (130 if blow is signal.SIGINT else None)
    assert gptcc("history", "show", "last", "--program").stdout == texts[0]


def test_an_answer_that_could_not_be_written_is_kept(
    gptcc: Command, replay: Path, tmp_path: Path
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "coins.py").mkdir()  # the program's own place is taken
    done = gptcc("solve", COINS, SHOUT, "--replay", replay, "-o", "a")
    assert done.returncode == 1
    (run,) = lines(gptcc, "list")
    assert (run["result"], run["exit_code"]) == ("solved", 1)
    assert "can't be written" in str(lines(gptcc, "show", "last")[0]["failure"])
    assert gptcc("history", "show", "last", "--program").stdout == RIGHT


def test_a_history_that_can_not_be_written_is_read(
    gptcc: Command, replay: Path, tmp_path: Path
) -> None:
    place = tmp_path / "elsewhere"
    gptcc("solve", COINS, "--replay", replay, "--history", place / "h.sqlite")
    (place / "h.sqlite").chmod(0o400)
    place.chmod(0o500)
    where = ("--history", place / "h.sqlite")
    try:
        listed = gptcc("history", "list", "--json", *where, as_root=False)
        shown = gptcc("history", "show", "last", "--program", *where, as_root=False)
        (place / "h.sqlite").chmod(0)
        refused = gptcc("history", "list", *where, as_root=False)
    finally:
        place.chmod(0o700)
    assert listed.returncode == 0, listed.stderr
    assert json.loads(listed.stdout)["result"] == "solved"
    assert shown.stdout == RIGHT
    assert refused.returncode not in (0, 70)
    assert "hint: " in refused.stderr
    assert [path.name for path in place.iterdir()] == ["h.sqlite"]


def test_keys_and_the_environment_are_not_kept(gptcc: Command, replay: Path, history: Path) -> None:
    key = "sk-1234567890abcdef"
    env = {"OPENAI_API_KEY": key, "GPTCC_API_KEY": key, "HF_TOKEN": "hf_secret", "MINE": "mine-77"}
    url = "http://user:pass-word@127.0.0.1:9/v1?token=query-word"
    gptcc("solve", COINS, "--replay", replay, "--endpoint", url, env=env)
    gptcc("solve", COINS, "--endpoint", url, "-m", key, env=env)
    kept = b"".join(file.read_bytes() for file in history.parent.iterdir())
    assert b"127.0.0.1:9" in kept
    for word in (key, "hf_secret", "mine-77", "pass-word", "query-word"):
        assert word.encode() not in kept, word


def offered(gptcc: Command, words: str, **env: str) -> str:
    asking = {"_GPTCC_COMPLETE": "complete_bash", "COMP_WORDS": f"gptcc history {words}"}
    return gptcc(env={**asking, "COMP_CWORD": str(len(words.split(" ")) + 1), **env}).stdout


def test_names_of_runs_are_completed(gptcc: Command, replay: Path) -> None:
    gptcc("solve", COINS, "--replay", replay)
    name = str(lines(gptcc, "list")[0]["run"])
    assert name in offered(gptcc, f"show {name[:3]}")


def test_names_are_completed_from_the_history_that_is_in_use(
    gptcc: Command, replay: Path, tmp_path: Path
) -> None:
    gptcc("solve", COINS, "--replay", replay, "--history", "other.sqlite")
    other = tmp_path / "other.sqlite"
    (name,) = (run["run"] for run in lines(gptcc, "list", "--history", str(other)))
    assert str(name) not in offered(gptcc, "show ")
    assert str(name) in offered(gptcc, f"show --history {other} ")
    settings = tmp_path / "settings" / "gptcc" / "config.toml"
    settings.parent.mkdir(parents=True)
    env = {"XDG_CONFIG_HOME": str(settings.parents[1]), "GPTCC_HISTORY": ""}
    for text in (f'history = "{other}"', f'[history.show]\nhistory = "{other}"'):
        settings.write_text(text, encoding="utf-8")
        assert str(name) in offered(gptcc, "show ", **env)


def test_a_run_is_found_by_words(gptcc: Command, replay: Path) -> None:
    gptcc("solve", COINS, "--replay", replay)
    assert [run["problem"] for run in lines(gptcc, "search", "two jars", "A + B")] == ["coins"]
    done = gptcc("history", "search", "zeppelin")
    assert (done.returncode, done.stdout) == (1, "")
    assert "'zeppelin'" in done.stderr


def test_an_export_is_replayed_and_graded(gptcc: Command, replay: Path, tmp_path: Path) -> None:
    gptcc("solve", COINS, "--replay", replay, "--until", "all")
    done = gptcc("history", "export", "last")
    assert [json.loads(line)["index"] for line in done.stdout.splitlines()] == [0, 1, 2]
    assert gptcc("history", "export", "last", "-o", "out.jsonl").stdout == ""
    assert (tmp_path / "out.jsonl").read_text() == done.stdout
    again = gptcc("solve", COINS, "--replay", "out.jsonl", "--until", "all")
    assert again.stdout == RIGHT
    everything = gptcc("history", "export", "--all").stdout.splitlines()
    assert [json.loads(line)["index"] for line in everything] == [0, 1, 2, 3, 4, 5]
    problem = {"problem_id": "coins", "question": "Add.", "difficulty": "introductory"}
    tests = {"inputs": ["3 4\n", "5 5\n"], "outputs": ["7\n", "10\n"]}
    row = {**problem, "input_output": json.dumps(tests), "solutions": json.dumps([RIGHT])}
    (tmp_path / "apps.jsonl").write_text(json.dumps(row) + "\n")
    graded = gptcc("grade", "out.jsonl", "--benchmark", "apps.jsonl", "--json")
    assert graded.returncode == 0, graded.stderr
    assert "0.66" in graded.stdout


def test_an_export_without_a_run_or_of_two_kinds_is_refused(gptcc: Command) -> None:
    for arguments in ([], ["last", "--all"]):
        assert gptcc("history", "export", *arguments).returncode == 2


def test_pruning_asks_shows_and_removes(gptcc: Command, replay: Path) -> None:
    assert "no runs yet" in gptcc("history", "prune", "--all", "--yes").stderr
    for _ in range(3):
        gptcc("solve", COINS, "--replay", replay)
    newest, *older = [str(run["run"]) for run in lines(gptcc, "list")]
    assert gptcc("history", "prune").returncode == 2
    assert gptcc("history", "prune", "--all", "--keep", "2").returncode == 2
    asked = gptcc("history", "prune", "--keep", "1")
    assert asked.returncode == 2
    assert "2 runs would be deleted" in asked.stderr
    shown = gptcc("history", "prune", "--keep", "1", "--dry-run").stdout.splitlines()
    assert [line.split()[0] for line in shown[1:]] == older
    assert "nothing to delete" in gptcc("history", "prune", "--older-than", "1d", "-y").stderr
    assert len(lines(gptcc, "list")) == 3
    assert "2 runs deleted" in gptcc("history", "prune", "--keep", "1", "--yes").stderr
    assert [run["run"] for run in lines(gptcc, "list")] == [newest]
    assert "1 run deleted" in gptcc("history", "prune", newest, "-y").stderr
    assert lines(gptcc, "list") == []


def test_pruning_asks_at_a_terminal(gptcc: Command, replay: Path) -> None:
    gptcc("solve", COINS, "--replay", replay)
    for answer, left in (("n", 1), ("y", 0)):
        typed = [sys.executable, "-c", TYPED, answer, sys.executable]
        done = subprocess.run(typed, cwd=ROOT, capture_output=True, text=True, check=True)
        assert "Delete 1 run" in done.stdout
        assert len(lines(gptcc, "list")) == left


TYPED = """
import os, pty, sys
answer = (sys.argv[1] + "\\n").encode()
given = []
def read(terminal):
    data = os.read(terminal, 1024)
    if b"[y/N]" in data and not given:
        given.append(os.write(terminal, answer))
    return data
pty.spawn([sys.argv[2], "-m", "gptcc_cli", "history", "prune", "--all"], read)
"""
"""Runs a command at a terminal of its own and answers its question."""


@pytest.mark.parametrize("arguments", [["--help"], ["check", "a.py"], ["history", "--help"]])
def test_what_needs_no_history_does_not_import_it(
    arguments: list[str], tmp_path: Path, history: Path
) -> None:
    (tmp_path / "a.py").write_text(RIGHT)
    (tmp_path / "a.txt").write_text(COINS.read_text())
    program = (
        "import sys\nfrom gptcc_cli.cli import run\nrun(sys.argv[1:])\n"
        "print([name for name in sys.modules if name.startswith('gptcc_cli.history')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"
    assert not history.exists()

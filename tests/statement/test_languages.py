"""Every phrase of the table is found, and patterns compiled at their first use are patterns."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from gptcc_cli import statement
from gptcc_cli.statement import answers, call_samples, loose_samples
from gptcc_cli.statement.headings import Role, read_heading
from gptcc_cli.statement.languages import late

ROLES = {
    "sample": {Role.SAMPLES, Role.BOTH},
    "input": {Role.INPUT},
    "output": {Role.OUTPUT},
    "sample_input": {Role.INPUT},
    "sample_output": {Role.OUTPUT},
    "explanation": {Role.ASIDE, Role.OTHER},
    "ends": {Role.OTHER, Role.ASIDE},
    "time": {Role.OTHER},
    "memory": {Role.OTHER},
}

LATE = [
    pytest.param(value, id=f"{module.__name__.rpartition('.')[2]}-{name}")
    for module in (answers, call_samples, loose_samples)
    for name, value in vars(module).items()
    if type(value) is type(late(""))
]

READS = """
import sys
from gptcc_cli.statement import answers, call_samples, loose_samples, read_statement
from gptcc_cli.statement.languages import late
assert len(read_statement(sys.argv[1], id="a").problem.samples) == 1
for module in (answers, call_samples, loose_samples):
    for name, value in vars(module).items():
        if type(value) is type(late("")) and len(vars(value)) > 1:
            print(name)
"""


def test_it_answers_as_the_pattern_does() -> None:
    found = late(r"(?P<a>x+)|Y", re.IGNORECASE)
    assert [match.group() for match in found.finditer("xxX-y")] == ["xxX", "y"]
    assert found.pattern == r"(?P<a>x+)|Y"
    assert found.match("-") is None
    assert found.search("-y", 1) is not None


@pytest.mark.parametrize("pattern", LATE)
def test_every_late_pattern_is_one(pattern: re.Pattern[str]) -> None:
    assert re.compile(pattern.pattern, pattern.flags).flags == pattern.flags


def test_there_are_late_patterns() -> None:
    assert len(LATE) > 30


def test_a_plain_statement_compiles_nothing_about_calls() -> None:
    statement = "Print a + b.\n\nExample\n\nInput:\n3 4\nOutput:\n7\n"
    done = subprocess.run(
        [sys.executable, "-c", READS, statement],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""


TABLE = (Path(statement.__file__).parent / "languages.ini").read_text(encoding="utf-8")
SECTIONS = re.findall(r"(?m)^\[([\w-]+)\]", TABLE)


def test_the_table_has_the_languages_people_write_in() -> None:
    asked = "zh-Hans zh-Hant ja ko ru uk pt es fr de it pl cs ro bg hr sr hu tr ar fa th vi id bn"
    assert not set(f"{asked} mn kk az ca sv el en".split()) - set(SECTIONS)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_phrase_of_the_table_is_a_heading(section: str) -> None:
    body = TABLE.partition(f"\n[{section}] ")[2].partition("\n[")[0]
    pairs = [line.partition(" = ") for line in body.split("\n") if " = " in line]
    phrases = [(key, phrase) for key, _, rest in pairs for phrase in rest.split(" | ")]
    found = [(key, phrase, read_heading(f"## {phrase}:")) for key, phrase in phrases]
    assert phrases
    assert [
        (key, phrase)
        for key, phrase, heading in found
        if key in ROLES and (heading is None or heading.role not in ROLES[key])
    ] == []


@pytest.mark.parametrize(
    ("line", "role", "number", "sample"),
    [
        ("예제 입력 1 복사", Role.INPUT, 1, True),
        ("【样例1输入】", Role.INPUT, 1, True),
        ("样例输出 #2复制", Role.OUTPUT, 2, True),
        ("＜入力例１＞", Role.INPUT, 1, True),
        ("四、輸入範例：", Role.INPUT, None, True),
        ("1. példa bemenet", Role.INPUT, None, True),
        ("выходные данныеСкопировать", Role.OUTPUT, None, False),
        ("Пример №2", Role.SAMPLES, 2, True),
        ("ورودی نمونه ۱", Role.INPUT, 1, True),
        ("ตัวอย่างข้อมูลนำเข้า 3", Role.INPUT, 3, True),
        ("Exemple d'entrée 1", Role.INPUT, 1, True),
        ("Giriş verilənləri #1 content_copy", Role.INPUT, 1, True),
        ("Dla danych wejściowych:", Role.INPUT, None, True),
        ("说明/提示", Role.ASIDE, None, False),
        ("数据规模与约定", Role.OTHER, None, False),
    ],
)
def test_headings_are_read_as_they_are_copied(
    line: str, role: Role, number: int | None, sample: bool
) -> None:
    heading = read_heading(line)
    assert heading is not None
    assert (heading.role, heading.number, heading.sample) == (role, number, sample)


@pytest.mark.parametrize(
    "line",
    [
        "输入的第一行包含一个整数 n",
        "Первая строка входных данных содержит число",
        "Niepoprawnym wynikiem jest:",
        "이 문제의 입력은 한 줄이다",
        "Syötteen ensimmäisellä rivillä on luku",
        "Die Eingabe besteht aus zwei Zahlen",
    ],
)
def test_a_sentence_is_no_heading(line: str) -> None:
    assert read_heading(line) is None

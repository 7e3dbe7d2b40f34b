"""The reference says what the code does."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest

from tests.cli.conftest import Command, gptcc  # noqa: F401
from tests.documentation.reference import all_commands, exit_codes, pages

ROOT = Path(__file__).parents[2]
SCHEMAS = json.loads((ROOT / "docs" / "reference" / "schemas.json").read_text())


@pytest.mark.parametrize("page", sorted(pages()), ids=lambda page: page.name)
def test_generated_pages_are_what_the_code_gives(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == pages()[page], (
        "run: python -m tests.documentation.reference"
    )


def test_every_exit_code_of_the_readme_is_one_of_the_code() -> None:
    rows = re.findall(r"^\| (\d+) \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert [int(row) for row in rows] == [int(code) for code in exit_codes()]


@pytest.mark.skipif(shutil.which("man") is None, reason="man is not installed")
def test_the_manual_page_renders_without_warnings() -> None:
    page = ROOT / "docs" / "reference" / "gptcc.1"
    done = subprocess.run(
        ["man", "--warnings", "-l", page], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert "gptcc solve" in done.stdout


def test_every_command_has_help_and_every_option_words() -> None:
    for words, command in all_commands():
        assert command.help, words
        for parameter in command.params:
            assert getattr(parameter, "help", None) or parameter.name in (
                "install_completion",
                "show_completion",
            ), (words, parameter.name)


def test_every_schema_of_the_code_is_described() -> None:
    source = "\n".join(path.read_text() for path in (ROOT / "gptcc_cli").rglob("*.py"))
    written = set(re.findall(r'"(gptcc\.[a-z-]+/\d+)"', source))
    page = (ROOT / "docs" / "reference" / "json.md").read_text().partition("## Renamed")[0]
    described = set(re.findall(r"`(gptcc\.[a-z-]+/\d+)`", page))
    assert written == described


def test_what_commands_write_is_what_the_schemas_say(gptcc: Command, tmp_path: Path) -> None:  # noqa: F811
    examples = ROOT / "docs" / "examples"
    (tmp_path / "right.py").write_text("a, b = map(int, input().split())\nprint(a + b)\n")
    (tmp_path / "wrong.py").write_text("print(0)\n")
    (tmp_path / "c.jsonl").write_text('{"text": "a, b = map(int, input().split())\\nprint(a+b)"}\n')
    lines = []
    for arguments in (
        ["check", "right.py", "wrong.py", "-p", str(examples / "coins.txt"), "--json"],
        ["check", "gone.py", "--json"],
        ["solve", str(examples / "coins.txt"), "--replay", "c.jsonl", "-n", "1", "--json", "-q"],
        ["history", "list", "--json"],
        ["history", "show", "last", "--json"],
        ["history", "replay", "last", "--json"],
        ["config", "show", "--json"],
        ["doctor", "--json"],
        ["nonsense", "--json"],
    ):
        lines += gptcc(*arguments).stdout.splitlines()
    seen = set()
    for line in lines:
        record = json.loads(line)
        seen.add(record["schema"])
        schema = {"$ref": f"#/$defs/{record['schema']}", "$defs": SCHEMAS["$defs"]}
        # A slash in a name is written ~1 in a reference.
        schema["$ref"] = "#/$defs/" + record["schema"].replace("/", "~1")
        jsonschema.validate(record, schema)
    assert seen == {name for name in SCHEMAS["$defs"] if name.startswith("gptcc.")}

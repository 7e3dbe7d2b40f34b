"""Templates: those that ship are whole, those of a user are read or refused with a reason."""

import hashlib
from pathlib import Path

import pytest

from gptcc_cli.errors import UsageError
from gptcc_cli.problem import Mode
from gptcc_cli.prompting import load_template, template_names

ROOT = Path(__file__).parents[2]


def test_the_shipped_templates_are_the_files_of_the_folder() -> None:
    assert set(template_names()) >= {"apps", "apps-eval", "bare", "bare-tabs", "chat", "examples"}
    files = {path.stem for path in (ROOT / "prompts").glob("*.toml")}
    assert set(template_names()) == files - {"repair", "write-tests"}, "these are not for solving"


@pytest.mark.parametrize("name", template_names())
def test_a_shipped_template_has_both_forms_and_its_hash(name: str) -> None:
    template = load_template(name)
    content = (ROOT / "prompts" / f"{name}.toml").read_bytes()
    assert template.sha256 == hashlib.sha256(content).hexdigest()
    assert set(template.forms) == set(Mode)
    # A server that chats ends its answers itself.
    assert template.stop_strings or name == "ask"


def test_an_unknown_template_names_those_there_are() -> None:
    with pytest.raises(UsageError, match="no-such") as caught:
        load_template("no-such")
    assert caught.value.hint is not None and "apps-eval" in caught.value.hint


def test_a_plain_file_is_the_text_for_both_modes(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_bytes(b"Solve {statement}\r\n\t")
    template = load_template(str(path))
    assert {form.text for forms in template.forms.values() for form in forms} == {
        "Solve {statement}\r\n\t"
    }
    assert template.stop_strings == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("not toml at all", "template"),
        ("chat = true", "neither"),
        ("chat = true\n[stdin]\ntext = 'x'", "no turns"),
        ("chat = false\n[stdin]\nanswer = 'x'", "no text"),
        ("stop = [1]\n[stdin]\ntext = 'x'", "stop"),
        ("stop = ['']\n[stdin]\ntext = 'x'", "stop"),
        ("[[stdin.turns]]\nrole = 'user'", "text"),
        ("stdin = 3", "stdin|mode"),
        ("[stdin]\ntext = 'x'\nmax_new_tokens = 0", "max_new_tokens"),
    ],
)
def test_a_file_that_is_no_template_is_refused_with_a_reason(
    tmp_path: Path, text: str, reason: str
) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=reason):
        load_template(str(path))


def test_a_binary_file_is_no_template(tmp_path: Path) -> None:
    path = tmp_path / "bad.txt"
    path.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(UsageError, match="template"):
        load_template(str(path))

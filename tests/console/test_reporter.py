"""What goes to standard output arrives, whatever text it holds."""

import json

import pytest

from gptcc_cli.console import write_answer, write_json


def test_text_that_utf_8_cannot_hold_is_escaped(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write_answer("print('\ud800')")
    assert capfdbinary.readouterr().out == b"print('\\ud800')\n"


def test_bytes_read_with_surrogateescape_come_out_unchanged(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    write_answer(b"caf\xe9 \xc3\xa9".decode("utf-8", "surrogateescape"))
    assert capfdbinary.readouterr().out == b"caf\xe9 \xc3\xa9\n"


@pytest.mark.parametrize("text", ["é", "\ud800", "\udce9", "\u2028"])
def test_a_json_line_is_utf_8_and_reads_back(
    capfdbinary: pytest.CaptureFixture[bytes], text: str
) -> None:
    write_json("gptcc.error/1", {"message": text})
    line = capfdbinary.readouterr().out.decode("utf-8")
    assert line.count("\n") == 1
    assert json.loads(line) == {"schema": "gptcc.error/1", "message": text}

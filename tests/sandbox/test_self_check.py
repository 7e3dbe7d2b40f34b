"""The self-check proves, and does not merely say."""

from gptcc_cli.sandbox import open_sandbox, self_check


def test_every_promise_is_kept_here() -> None:
    with open_sandbox(workers=1) as sandbox:
        broken = [line for line in self_check(sandbox) if not line.holds]
    assert broken == []


def test_without_isolation_the_broken_promises_are_named() -> None:
    """An unsafe sandbox can write /tmp; the file is not left there."""
    with open_sandbox(workers=1, unsafe=True) as sandbox:
        lines = {line.name: line.holds for line in self_check(sandbox)}
    assert not lines["no process can be started"]
    assert not lines["foreign files can't be read"]
    assert lines["time by the clock is limited"]

"""The judge, opened from options; says in a line how strongly programs are held."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from gptcc_cli.checkers import CheckerOptions, Layout
from gptcc_cli.cli.wishes import JudgingWish
from gptcc_cli.console import Reporter
from gptcc_cli.judging import AskedLimits, Judge
from gptcc_cli.sandbox import Level, Sandbox, open_sandbox


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeWish:
    """How programs are run and compared, as far as the user said."""

    time_limit_s: float | None = None
    memory_limit_bytes: int | None = None
    output_limit_bytes: int | None = None
    strict_layout: bool = False
    jobs: int | None = None
    unsafe: bool = False

    @classmethod
    def of(cls, options: JudgingWish) -> Self:
        """Return what a command's options say."""
        return cls(
            time_limit_s=options.time_limit,
            memory_limit_bytes=options.memory_limit,
            output_limit_bytes=options.output_limit,
            strict_layout=options.strict_layout,
            jobs=options.jobs,
            unsafe=options.unsafe,
        )

    def limits(self) -> AskedLimits:
        """What the user allows a test."""
        return AskedLimits(
            wall_s=self.time_limit_s,
            memory_bytes=self.memory_limit_bytes,
            output_bytes=self.output_limit_bytes,
        )

    def options(self) -> CheckerOptions:
        """How the user wants outputs compared."""
        return CheckerOptions(layout=Layout.STRICT if self.strict_layout else Layout.TOKENS)

    def judge_on(self, sandbox: Sandbox) -> Judge:
        """Make the judge that these wishes ask for."""
        return Judge(sandbox, limits=self.limits(), options=self.options())


@contextmanager
def open_judge(wish: JudgeWish, reporter: Reporter) -> Iterator[Judge]:
    """Open a sandbox and a judge on it; both end with the block.

    Raises:
        ExecutionRefused: no sandbox holds on this host, or execution is forbidden.
    """
    with open_sandbox(workers=wish.jobs, unsafe=wish.unsafe) as sandbox:
        say_how_held(sandbox, reporter)
        judge = wish.judge_on(sandbox)
        try:
            yield judge
        finally:
            # In this order: whoever interrupts a run must not wait for a program to time out.
            sandbox.close()
            judge.close()


def say_how_held(sandbox: Sandbox, reporter: Reporter) -> None:
    """Say how strongly programs are held, and warn where they are not."""
    if sandbox.level is Level.UNSAFE:
        reporter.warn("programs run WITHOUT a sandbox, as --unsafe asks")
    reporter.debug(f"sandbox: {sandbox.level.value}, {sandbox.workers} programs at once")

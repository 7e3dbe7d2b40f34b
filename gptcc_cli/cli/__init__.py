"""The ``gptcc`` command: the program, and the boundary where its errors become words.

``main`` is the only place that turns an exception into a sentence and an exit code. Commands
raise ``GptccError`` for what the user can mend and ``typer.Exit(code)`` to end; whatever else
reaches this file is a bug and is shown with its traceback.
"""

import contextlib
import errno
import gc
import os
import sys
from typing import NoReturn

from gptcc_cli.errors import ExitCode, GptccError

_BROKEN_PIPE = 141
"""What a shell says of a program that a closed pipe ended: 128 + SIGPIPE."""


def main() -> NoReturn:
    """Run the command line and end the process with its exit code."""
    # What is imported stays; looking through it for cycles takes a quarter of a short command.
    # Collecting begins with the command's own work.
    gc.disable()
    code = run(sys.argv[1:])
    _flush_or_silence()
    # Before it ends the interpreter looks through all objects for cycles, 30 ms in `gptcc check`;
    # the memory goes back to the kernel anyhow.
    gc.freeze()
    raise SystemExit(int(code))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; every error has become words by then.

    Args:
        arguments: what stands after ``gptcc``.
    """
    import typer

    from gptcc_cli.cli.app import make_app

    try:
        result = make_app()(arguments, prog_name="gptcc", standalone_mode=False)
    except GptccError as error:
        return _explain(error, arguments)
    except typer.TyperException as error:
        return _explain(_usage_error(error), arguments)
    except typer.Abort:
        return ExitCode.INTERRUPTED
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except SystemExit:
        # typer ends the process itself where standard output breaks while it shows help.
        if _reader_is_gone():
            return _BROKEN_PIPE
        raise
    except BrokenPipeError:
        return _BROKEN_PIPE if _reader_is_gone() else _bug()
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return _explain(_too_long(error), arguments)
        return _explain(_full(error), arguments) if error.errno == errno.ENOSPC else _bug()
    except Exception:  # noqa: BLE001 - the boundary: whatever is left is a bug, and shown whole
        return _bug()
    return result if isinstance(result, int) else ExitCode.DONE


def _usage_error(error: Exception) -> GptccError:
    from gptcc_cli.errors import UsageError

    message = getattr(error, "format_message", lambda: str(error))()
    context = getattr(error, "ctx", None)
    return UsageError(
        # What the library puts before a sentence about a choice says nothing to a user.
        " ".join(message.split()).replace(": Value error, ", ": ").rstrip("."),
        hint=f"{context.command_path if context else 'gptcc'} --help",
    )


def _explain(error: GptccError, arguments: list[str]) -> int:
    if "--json" in arguments:
        from gptcc_cli.console import write_json
        from gptcc_cli.errors import OutputError

        record = {
            "error": type(error).__name__,
            "message": error.message,
            "hint": error.hint,
            "exit_code": int(error.exit_code),
        }
        # Where standard output is closed or full, standard error must do.
        with contextlib.suppress(OutputError, BrokenPipeError):
            write_json("gptcc.error/1", record)
            return error.exit_code
    from gptcc_cli.console.reporter import print_error

    print_error(f"error: {error.message}")
    if error.hint:
        print_error(f"hint: {error.hint}")
    return error.exit_code


def _full(error: OSError) -> GptccError:
    from gptcc_cli.errors import OutputError

    place = error.filename or "what is written to"
    return OutputError(f"no space is left on {place}", hint="make room and try again")


def _too_long(error: OSError) -> GptccError:
    from gptcc_cli.errors import UsageError

    return UsageError(
        f"{str(error.filename)[:80]!r}... is not a path: file name too long",
        hint="give the path of a file, or pipe its text",
    )


def _bug() -> int:
    import traceback

    from gptcc_cli.console.reporter import print_error

    print_error(traceback.format_exc().rstrip())
    print_error("error: this is a bug in gptcc")
    print_error("hint: please report it with the traceback above and `gptcc doctor --json`")
    return ExitCode.BUG


def _reader_is_gone() -> bool:
    """Whether whoever read our standard output has stopped (`gptcc ... | head -1`)."""
    import select

    poll = select.poll()
    poll.register(sys.__stdout__.fileno() if sys.__stdout__ else 1, select.POLLOUT)
    return any(event & select.POLLERR for _, event in poll.poll(0))


def _flush_or_silence() -> None:
    # A reader that has gone (`gptcc ... | head -1`) must not end in a traceback at exit, and what
    # could not be written has been said by now.
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

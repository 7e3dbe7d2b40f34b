"""Run one program in the process it has for itself, and end that process.

Covers what ``python main.py`` does from compiling to the last flush, and calling a function of
the program instead. Does not isolate anything: limits, filters and namespaces are in force
before this module is asked for anything.

What the host learns goes through the report, a file of lines that start with a letter:
``C`` compiled, ``E`` the entry point is missing, ``A`` the answer as JSON, ``P`` why there is
none, ``I`` the first argument after a call that returned ``None``. When a program runs as
``__main__`` the report is closed before its first statement.
"""

import marshal
import os
import sys
from collections.abc import Callable
from types import CodeType, ModuleType, TracebackType
from typing import Any, NoReturn

from gptcc_cli.sandbox.inside.values import NotJsonError, from_json, to_json

FILE_NAME = "main.py"


def run_main(source: str, report: int, main: ModuleType) -> NoReturn:
    """Run a program as ``__main__`` and end the process as CPython would."""
    code = _compiled(source, report)
    os.close(report)
    _end(_status_of(lambda: exec(code, main.__dict__), source), main)


def run_call(
    source: str,
    entry_point: str,
    arguments_json: str,
    int_keys: bool,
    report: int,
    main: ModuleType,
) -> NoReturn:
    """Import a program, call its function, report the answer, and end the process."""
    code = _compiled(source, report)
    main.__name__ = "solution"
    write = os.write

    def work() -> None:
        exec(code, main.__dict__)
        function = find_entry_point(main, entry_point)
        if function is None:
            write(report, b"E\n")
            return
        arguments = from_json(arguments_json, int_keys=int_keys)
        answer = function(*arguments)
        _report_value(report, b"A", answer)
        if answer is None and arguments:
            _report_value(report, b"I", arguments[0])

    _end(_status_of(work, source), main)


def find_entry_point(main: ModuleType, name: str) -> Callable[..., Any] | None:
    """Return the method of ``class Solution`` where it defines one, else the function."""
    solution = main.__dict__.get("Solution")
    if isinstance(solution, type) and hasattr(solution, name):
        found = getattr(solution(), name)
    else:
        found = main.__dict__.get(name)
    return found if callable(found) else None


def load_payload(fd: int) -> Any:
    """Read the whole of a file that the host wrote, and close it."""
    size = os.fstat(fd).st_size
    data = os.pread(fd, size, 0)
    os.close(fd)
    return marshal.loads(data)


def _compiled(source: str, report: int) -> CodeType:
    try:
        code = compile(source, FILE_NAME, "exec", dont_inherit=True)
    except MemoryError:
        os.write(2, b"MemoryError\n")
        os._exit(1)
    except Exception as error:
        _print_exception(error, source, skip=False)
        os._exit(1)
    os.write(report, b"C\n")
    return code


def _report_value(report: int, letter: bytes, value: object) -> None:
    try:
        line = letter + to_json(value).encode()
    except NotJsonError as problem:
        line = b"P" + str(problem).encode("ascii", "backslashreplace")
    data = memoryview(line + b"\n")
    while data:
        data = data[os.write(report, data) :]


def _status_of(work: Callable[[], None], source: str) -> int:
    """Run it and return the exit status that CPython would give."""
    try:
        work()
    except SystemExit as error:
        return _status_of_exit(error)
    except BaseException as error:
        _flush()
        _print_exception(error, source, skip=True)
        return 130 if isinstance(error, KeyboardInterrupt) else 1
    return 0


def _status_of_exit(error: SystemExit) -> int:
    code = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    _flush()
    try:
        print(code, file=sys.stderr)
    except BaseException:
        return 1
    return 1


def _end(status: int, main: ModuleType) -> NoReturn:
    """Do what CPython does between the last statement and the end, in its order."""
    try:
        threading = sys.modules.get("threading")
        if threading is not None:
            threading._shutdown()
        import atexit

        atexit._run_exitfuncs()
        status = _flush() or status
        _clear(main)
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
        status = _flush() or status
    finally:
        os._exit(status)


def _flush() -> int:
    """Flush both streams; 120 when standard output can't be flushed, as CPython says."""
    status = 0
    for stream, on_failure in ((sys.stdout, 120), (sys.stderr, 0)):
        try:
            if stream is not None and not getattr(stream, "closed", False):
                stream.flush()
        except BaseException:
            status = status or on_failure
    return status


def _clear(main: ModuleType) -> None:
    """Drop the program's names in CPython's order, so that ``__del__`` runs as it would."""
    names = main.__dict__
    for private in (True, False):
        for name in list(names):
            is_private = name.startswith("_") and not name.startswith("__")
            if name != "__builtins__" and is_private is private:
                names[name] = None


def _print_exception(error: BaseException, source: str, *, skip: bool) -> None:
    """Print a traceback that begins in the program, with the program's lines in it."""
    try:
        trace: TracebackType | None = error.__traceback__
        while skip and trace is not None and trace.tb_frame.f_code.co_filename != FILE_NAME:
            trace = trace.tb_next
        if isinstance(error, MemoryError):
            os.write(2, _short(trace) + b"MemoryError\n")
            return
        if sys.excepthook is not sys.__excepthook__:
            sys.excepthook(type(error), error, trace)
            return
        import linecache
        import traceback

        linecache.cache[FILE_NAME] = (len(source), None, source.splitlines(True), FILE_NAME)
        traceback.print_exception(type(error), error, trace, file=sys.__stderr__)
    except BaseException as problem:
        os.write(2, type(problem).__name__.encode("ascii", "replace") + b"\n")


def _short(trace: TracebackType | None) -> bytes:
    """Say where memory ran out, without needing memory for it."""
    line = trace.tb_lineno if trace is not None else 0
    return b'  File "main.py", line %d\n' % line

"""Run one program in the process it has for itself, and end that process.

Covers what ``python main.py`` does from compiling to the last flush, and calling a function of
the program instead. Does not isolate anything: limits, filters and namespaces are in force
before this module is asked for anything.

The task file holds what the host wrote, and the report after it: lines that start with a
letter. ``C`` compiled, ``E`` the entry point is missing, ``A`` the answer as JSON, ``P`` why
there is none, ``I`` the first argument after a call that returned ``None``. When a program runs
as ``__main__`` the file is closed before its first statement.
"""

import atexit
import marshal
import os
import sys
from _thread import _count as count_threads
from collections.abc import Callable
from threading import _shutdown as join_threads  # type: ignore[attr-defined]
from types import CodeType, ModuleType, TracebackType
from typing import Any, NoReturn

from gptcc_cli.sandbox.inside.values import NotJsonError, from_json, to_json

FILE_NAME = "main.py"
TASK = 3
"""The descriptor of the task file."""
_CHUNK_BYTES = 1 << 16
CODE = 4
"""The descriptor of the file that keeps compiled code between runs of one program."""


def run_main(main: ModuleType, *, keeps_code: bool) -> NoReturn:
    """Run a program as ``__main__`` and end the process as CPython would."""
    source = read_bytes().decode("utf-8", "surrogatepass")
    code = compiled(source, keeps_code=keeps_code)
    os.close(TASK)
    end(status_of(lambda: exec(code, main.__dict__), source), main)


def run_call(main: ModuleType, *, keeps_code: bool) -> NoReturn:
    """Import a program, call its function, report the answer, and end the process."""
    source, entry_point, arguments_json, int_keys = read_task()
    code = compiled(source, keeps_code=keeps_code)
    main.__dict__["__name__"] = "solution"

    def work() -> None:
        exec(code, main.__dict__)
        function = find_entry_point(main.__dict__, entry_point)
        if function is None:
            report(b"E")
            return
        arguments = from_json(arguments_json, int_keys=int_keys)
        answer = function(*arguments)
        _report_value(b"A", answer)
        if answer is None and arguments:
            _report_value(b"I", arguments[0])

    end(status_of(work, source), main)


def read_task() -> Any:
    """Read what the host wrote into the task file: a tuple."""
    return marshal.loads(read_bytes())


def read_bytes() -> bytes:
    """Read the task file up to its end, where the report will begin."""
    data = os.read(TASK, _CHUNK_BYTES)
    while chunk := os.read(TASK, _CHUNK_BYTES) if len(data) % _CHUNK_BYTES == 0 else b"":
        data += chunk
    return data


def report(line: bytes) -> None:
    """Append a line to the task file."""
    data = memoryview(line + b"\n")
    while data:
        data = data[os.write(TASK, data) :]


def compiled(source: str, *, keeps_code: bool, name: str = FILE_NAME) -> CodeType:
    """Compile a program, or take the code that an earlier run of it kept; report that it is one."""
    if not keeps_code:
        code = _compile(source, name)
    elif size := os.fstat(CODE).st_size:
        code = marshal.loads(os.pread(CODE, size, 0))
    else:
        code = _compile(source, name)
        os.write(CODE, marshal.dumps(code))
    if keeps_code:
        os.close(CODE)
    os.write(TASK, b"C\n")
    return code


def find_entry_point(names: dict[str, Any], name: str) -> Callable[..., Any] | None:
    """Return the method of ``class Solution`` where it defines one, else the function."""
    solution = names.get("Solution")
    if isinstance(solution, type) and hasattr(solution, name):
        found = getattr(solution(), name)
    else:
        found = names.get(name)
    return found if callable(found) else None


def status_of(work: Callable[[], None], source: str) -> int:
    """Run it and return the exit status that CPython would give."""
    try:
        work()
    except SystemExit as error:
        return _status_of_exit(error)
    except BaseException as error:
        _flush()
        print_exception(error, source)
        return 130 if isinstance(error, KeyboardInterrupt) else 1
    return 0


def end(status: int, main: ModuleType) -> NoReturn:
    """Do what CPython does between the last statement and the end, in its order."""
    try:
        if count_threads():
            join_threads()
        atexit._run_exitfuncs()
        status = _flush() or status
        _clear(main.__dict__)
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
        status = _flush() or status
    finally:
        os._exit(status)


def print_exception(error: BaseException, source: str) -> None:
    """Print a traceback that begins in the program, with the program's lines in it."""
    try:
        trace: TracebackType | None = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename != FILE_NAME:
            trace = trace.tb_next
        if isinstance(error, MemoryError):
            line = trace.tb_lineno if trace is not None else 0
            os.write(2, b'  File "main.py", line %d\nMemoryError\n' % line)
        elif sys.excepthook is not sys.__excepthook__:
            sys.excepthook(type(error), error, trace)
        else:
            import linecache
            import traceback

            linecache.cache[FILE_NAME] = (len(source), None, source.splitlines(True), FILE_NAME)
            traceback.print_exception(type(error), error, trace, file=sys.__stderr__)
            if sys.__stderr__ is not None:
                sys.__stderr__.flush()
    except BaseException as problem:
        os.write(2, type(problem).__name__.encode("ascii", "replace") + b"\n")


def _compile(source: str, name: str) -> CodeType:
    try:
        return compile(source, name, "exec", dont_inherit=True)
    except BaseException as error:
        if name != FILE_NAME:
            raise
        print_exception(error, source)
        os._exit(1)


def _report_value(letter: bytes, value: object) -> None:
    try:
        line = letter + to_json(value).encode()
    except NotJsonError as problem:
        line = b"P" + str(problem).encode("ascii", "backslashreplace")
    report(line)


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


def _clear(names: dict[str, Any]) -> None:
    """Drop the program's names in CPython's order, so that ``__del__`` runs as it would."""
    for private in (True, False):
        for name in list(names):
            is_private = name.startswith("_") and not name.startswith("__")
            if name != "__builtins__" and is_private is private:
                names[name] = None

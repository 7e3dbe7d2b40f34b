"""A check in one process, the program it checks in another, and the line between them.

The check's process never runs a statement of the program, and receives plain built-in values
only; the program's process sees the arguments of each call and nothing else of the check. The
check's word is the last line of its task file: ``K`` it passed, ``F`` what failed, ``U`` an
argument that can't be carried to another process.
"""

import builtins
import ctypes
import importlib
import mmap
import os
import sys
from types import ModuleType
from typing import Any, NoReturn

from gptcc_cli.sandbox.inside.program import (
    compiled,
    end,
    find_entry_point,
    print_exception,
    read_task,
    report,
    status_of,
)
from gptcc_cli.sandbox.inside.values import (
    NotPlainError,
    answer_of,
    decode_in_program,
    encode_for_program,
    encode_reply,
    reply_of,
)

LINE_BYTES = 16 << 20
_CHECK_NAME = "check.py"
_HALF = LINE_BYTES // 2
_HEAD = 4096
_LIBC = ctypes.CDLL(None)
_sem_init, _sem_post, _sem_wait = _LIBC.sem_init, _LIBC.sem_post, _LIBC.sem_wait


class Channel:
    """Memory that two processes share: one asks, the other answers.

    Neither trusts what the other wrote: lengths are checked and bytes are copied before use.
    """

    def __init__(self) -> None:
        """Map the memory; made before the fork, so that no descriptor is needed."""
        self._memory = mmap.mmap(-1, LINE_BYTES)
        handle = ctypes.c_char.from_buffer(self._memory)
        self._bells = [ctypes.c_void_p(ctypes.addressof(handle) + 64 * i) for i in range(2)]
        del handle
        for bell in self._bells:
            _sem_init(bell, 1, 0)

    def put(self, side: int, data: bytes) -> None:
        """Write to one side (0 the questions, 1 the answers) and ring.

        Raises:
            NotPlainError: the data is too long.
        """
        if len(data) > _HALF - _HEAD:
            raise NotPlainError(f"a value of {len(data)} bytes")
        start = side * _HALF + _HEAD
        self._memory[start : start + len(data)] = data
        self._memory[start - 8 : start] = len(data).to_bytes(8, "little")
        _sem_post(self._bells[side])

    def take(self, side: int) -> bytes:
        """Wait for the ring and copy what is there."""
        while _sem_wait(self._bells[side]) != 0:
            continue
        start = side * _HALF + _HEAD
        length = int.from_bytes(self._memory[start - 8 : start], "little")
        return bytes(self._memory[start : start + min(length, _HALF - _HEAD)])

    def close(self) -> None:
        """Unmap."""
        self._memory.close()


def run_program(main: ModuleType, line: Channel) -> NoReturn:
    """Import the program and answer calls until the check is done."""
    source, entry_point = read_task()
    code = compiled(source, keeps_code=False)
    main.__dict__["__name__"] = "solution"

    def work() -> None:
        exec(code, main.__dict__)
        if find_entry_point(main.__dict__, entry_point) is None:
            report(b"E")
            return
        while True:
            _answer_one(line, main.__dict__, source)

    end(status_of(work, source), main)


def run_calls(main: ModuleType, *, keeps_code: bool) -> NoReturn:
    """Import a program, call its function again and again, and report each answer at once.

    A call that raises is the last: whoever sends calls ahead expects an answer to each.
    """
    source, entry_point, calls = read_task()
    code = compiled(source, keeps_code=keeps_code)
    main.__dict__["__name__"] = "solution"

    def work() -> None:
        exec(code, main.__dict__)
        if find_entry_point(main.__dict__, entry_point) is None:
            report(b"E")
            return
        for args, kwargs in calls:
            reply = _called(main.__dict__, source, entry_point, args, kwargs)
            answer = encode_reply(reply)
            report(b"A" + len(answer).to_bytes(8, "little") + answer)
            if reply[0] == "raise":
                break
        # As with a check: when nothing is asked any more, nothing is waited for.
        os._exit(0)

    end(status_of(work, source), main)


def run_check(line: Channel, *, keeps_code: bool) -> NoReturn:
    """Run the check against a stand-in that asks the program, and report."""
    check_source, entry_point = read_task()
    names = _Names(line)
    names["__name__"] = "check"
    names["__builtins__"] = builtins
    _judge(check_source, names, _StandIn(line, entry_point), keeps_code=keeps_code)
    os._exit(0)


def run_together(main: ModuleType) -> NoReturn:
    """Run the program and its check in one process. The program could forge the result."""
    source, entry_point, check_source = read_task()
    code = compiled(source, keeps_code=False)
    main.__dict__["__name__"] = "solution"

    def work() -> None:
        exec(code, main.__dict__)
        function = find_entry_point(main.__dict__, entry_point)
        if function is None:
            report(b"E")
            return
        _judge(check_source, main.__dict__, function, keeps_code=False)

    end(status_of(work, source), main)


def _judge(
    check_source: str, names: dict[str, Any], candidate: object, *, keeps_code: bool
) -> None:
    try:
        exec(compiled(check_source, keeps_code=keeps_code, name=_CHECK_NAME), names)
        names["check"](candidate)
    except NotPlainError as error:
        report(b"U" + _text(str(error)))
    except BaseException as error:
        print_exception(error, "")
        report(b"F" + _text(_told(error, check_source)))
    else:
        report(b"K")


def _told(error: BaseException, check_source: str) -> str:
    """Say what failed: the exception, and the line of the check that met it."""
    trace, number = error.__traceback__, 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == _CHECK_NAME:
            number = trace.tb_lineno
        trace = trace.tb_next
    lines = check_source.splitlines()
    place = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    message = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return f"{message}: {place}" if place else message


def _text(text: str) -> bytes:
    return text[:2000].encode("ascii", "backslashreplace").replace(b"\n", b"\\n")


class _StandIn:
    """What the check takes for a function of the program."""

    def __init__(self, line: Channel, name: str) -> None:
        self._line = line
        self._name = name
        self.__name__ = name

    def __call__(self, *args: object, **kwargs: object) -> Any:
        self._line.put(0, encode_for_program(("call", self._name, args, kwargs)))
        return answer_of(self._line.take(1))


class _Names(dict[str, Any]):
    """The check's names; those it does not define are looked for in the program."""

    def __init__(self, line: Channel) -> None:
        super().__init__()
        self._line = line

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name) or name.startswith("__"):
            raise KeyError(name)
        self._line.put(0, encode_for_program(("get", name)))
        kind, *content = reply_of(self._line.take(1))
        if kind == "function":
            return _StandIn(self._line, name)
        if kind == "module" and content[0] in sys.stdlib_module_names:
            return importlib.import_module(content[0])
        if kind != "value":
            raise KeyError(name)
        return content[0]


def _answer_one(line: Channel, names: dict[str, Any], source: str) -> None:
    kind, *content = decode_in_program(line.take(0))
    answer = _looked_up(names, *content) if kind == "get" else _called(names, source, *content)
    try:
        line.put(1, encode_reply(answer))
    except NotPlainError as error:
        line.put(1, encode_reply(("odd", str(error))))


def _looked_up(names: dict[str, Any], name: str) -> tuple[Any, ...]:
    if isinstance(found := names.get(name), ModuleType):
        return ("module", found.__name__)
    if name not in names or isinstance(found, type):
        return ("absent",)
    return ("function",) if callable(found) else ("value", found)


def _called(
    names: dict[str, Any], source: str, name: str, args: Any, kwargs: Any
) -> tuple[Any, ...]:
    function = find_entry_point(names, name)
    try:
        if function is None:
            raise NameError(f"name {name!r} is not defined")
        return ("value", function(*args, **kwargs))
    except Exception as error:
        if sys.excepthook is sys.__excepthook__:
            print_exception(error, source)
        return ("raise", type(error).__name__, str(error))

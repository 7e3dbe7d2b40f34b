"""A check in one process, the program it checks in another, and the channel between them.

The check's process never runs a statement of the program, and receives plain built-in values
only; the program's process sees the arguments of each call and nothing else of the check. A
function among the arguments stays in the check's process and is called from there. The check's
result is the last line of its task file: ``K`` it passed, ``F`` what failed, ``U`` an argument of
the check's own that can't be carried to another process.
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
from gptcc_cli.sandbox.inside.records import pack_answer
from gptcc_cli.sandbox.inside.values import (
    NotPlainError,
    StrangeAnswerError,
    TooLargeError,
    answer_from,
    answer_of,
    decode_in_program,
    encode,
    encode_for_program,
    encode_reply,
    reply_of,
)

CHANNEL_BYTES = 16 << 20
_CHECK_NAME = "check.py"
_HALF = CHANNEL_BYTES // 2
_HEAD = 4096
_NONCE_BYTES = 16
_LIBC = ctypes.CDLL(None)
_sem_init, _sem_post, _sem_wait = _LIBC.sem_init, _LIBC.sem_post, _LIBC.sem_wait


class Channel:
    """Memory that two processes share: one asks, the other answers.

    Neither trusts what the other wrote: lengths are checked and bytes are copied before use. A
    question carries a number that nobody can guess, and its answer repeats it: bytes that were
    written before the question are no answer to it.
    """

    def __init__(self) -> None:
        """Map the memory; made before the fork, so that no descriptor is needed."""
        self._memory = mmap.mmap(-1, CHANNEL_BYTES)
        handle = ctypes.c_char.from_buffer(self._memory)
        self._bells = [ctypes.c_void_p(ctypes.addressof(handle) + 64 * i) for i in range(2)]
        del handle
        for bell in self._bells:
            _sem_init(bell, 1, 0)

    def ask(self, question: bytes) -> bytes:
        """Send a question, wait, and return the answer.

        Raises:
            TooLargeError: the question is too long.
            StrangeAnswerError: what came is no answer to this question.
        """
        nonce = os.urandom(_NONCE_BYTES)
        self._put(0, nonce, question)
        answered, answer = self._take(1)
        if answered != nonce:
            raise StrangeAnswerError("an answer to another question")
        return answer

    def question(self) -> tuple[bytes, bytes]:
        """Wait for a question; return its number and its text."""
        return self._take(0)

    def answer(self, nonce: bytes, data: bytes) -> None:
        """Answer the question of that number.

        Raises:
            TooLargeError: the answer is too long.
        """
        self._put(1, nonce, data)

    def close(self) -> None:
        """Unmap."""
        self._memory.close()

    def _put(self, side: int, nonce: bytes, data: bytes) -> None:
        if len(data) > _HALF - _HEAD:
            raise TooLargeError(f"a value of {len(data)} bytes")
        start = side * _HALF + _HEAD
        self._memory[start : start + len(data)] = data
        head = len(data).to_bytes(8, "little") + nonce
        self._memory[start - len(head) : start] = head
        _sem_post(self._bells[side])

    def _take(self, side: int) -> tuple[bytes, bytes]:
        while _sem_wait(self._bells[side]) != 0:
            continue
        start = side * _HALF + _HEAD
        head = bytes(self._memory[start - 8 - _NONCE_BYTES : start])
        length = min(int.from_bytes(head[:8], "little"), _HALF - _HEAD)
        return head[8:], bytes(self._memory[start : start + length])


def run_program(main: ModuleType, channel: Channel) -> NoReturn:
    """Import the program and answer calls until the check is done."""
    source, entry_point = read_task()
    code = compiled(source, keeps_code=False)
    main.__dict__["__name__"] = "solution"

    def work() -> None:
        exec(code, main.__dict__)
        if find_entry_point(main.__dict__, entry_point) is None:
            report(b"E")
            return
        _Answering(channel, main.__dict__, source).until_returned()

    end(status_of(work, source), main)


def run_calls(main: ModuleType, *, keeps_code: bool) -> NoReturn:
    """Import a program, call its function again and again, and report each answer at once.

    A call that raises is the last: whoever sends calls ahead expects an answer to each.
    """
    source, entry_point, nonce, calls = read_task()
    code = compiled(source, keeps_code=keeps_code)
    main.__dict__["__name__"] = "solution"

    def work() -> None:
        exec(code, main.__dict__)
        if find_entry_point(main.__dict__, entry_point) is None:
            report(b"E")
            return
        for number, (args, kwargs) in enumerate(calls):
            reply = _called(main.__dict__, source, entry_point, args, kwargs)
            report(pack_answer(nonce, number, encode_reply(reply)))
            if reply[0] == "raise":
                break
        # As with a check: when nothing is asked any more, nothing is waited for.
        os._exit(0)

    end(status_of(work, source), main)


def run_check(channel: Channel, *, keeps_code: bool) -> NoReturn:
    """Run the check against a proxy that asks the program, and report."""
    check_source, entry_point = read_task()
    names = _CheckNames(channel)
    names["__name__"] = "check"
    names["__builtins__"] = builtins
    try:
        exec(compiled(check_source, keeps_code=keeps_code, name=_CHECK_NAME), names)
        names["check"](_Asking(channel, entry_point))
    except TooLargeError as error:
        report(b"F" + _text(f"an argument can't be passed on: {error}"))
    except NotPlainError as error:
        report(b"U" + _text(str(error)))
    except BaseException as error:
        print_exception(error, "")
        report(b"F" + _text(_told(error, check_source)))
    else:
        report(b"K")
    os._exit(0)


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


class _Asking:
    """What the check takes for a function of the program."""

    def __init__(self, channel: Channel, name: str) -> None:
        self._channel = channel
        self._name = name
        self._functions: list[Any] = []
        self.__name__ = name

    def __call__(self, *args: object, **kwargs: object) -> Any:
        data = self._channel.ask(self._encoded(("call", self._name, args, kwargs)))
        # Until the program returns, it may call functions that it was given.
        while (reply := reply_of(data))[0] == "callback":
            data = self._channel.ask(self._encoded(("returned", *self._result_of(*reply[1:]))))
        return answer_of(data)

    def _encoded(self, message: tuple[Any, ...]) -> bytes:
        return encode_for_program(message, self._reference_to)

    def _reference_to(self, item: Any) -> tuple[str, object] | None:
        if isinstance(item, _Asking):
            return ("own", item._name)
        if isinstance(item, ModuleType):
            return ("module", item.__name__)
        if not callable(item) or isinstance(item, type) or _is_importable(item):
            return None
        self._functions.append(item)
        return ("function", len(self._functions) - 1)

    def _result_of(self, number: object = None, args: Any = (), kwargs: Any = None) -> Any:
        """Call a function of the check for the program."""
        if not isinstance(number, int) or not 0 <= number < len(self._functions):
            raise StrangeAnswerError("a call of a function that was not given")
        try:
            return ("value", self._functions[number](*args, **dict(kwargs or {})))
        except Exception as error:
            return ("raise", type(error).__name__, str(error))


def _is_importable(item: Any) -> bool:
    """Whether a function is the standard library's, and so the same in the other process."""
    module = getattr(item, "__module__", None)
    return isinstance(module, str) and module.partition(".")[0] in sys.stdlib_module_names


class _CheckNames(dict[str, Any]):
    """The check's names; those it does not define are looked for in the program."""

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._channel = channel

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name) or name.startswith("__"):
            raise KeyError(name)
        kind, *content = reply_of(self._channel.ask(encode_for_program(("get", name))))
        if kind == "function":
            return _Asking(self._channel, name)
        if kind == "module" and content[:1] and content[0] in sys.stdlib_module_names:
            return importlib.import_module(content[0])
        if kind != "value" or len(content) != 1:
            raise KeyError(name)
        return content[0]


class _Answering:
    """The program's end of the channel."""

    def __init__(self, channel: Channel, names: dict[str, Any], source: str) -> None:
        self._channel = channel
        self._names = names
        self._source = source
        self._nonce = b""

    def until_returned(self) -> tuple[Any, ...]:
        """Answer questions until the check says what a function of its own returned."""
        while True:
            self._nonce, data = self._channel.question()
            kind, *content = decode_in_program(data, self._resolve)
            if kind == "returned":
                return tuple(content)
            if kind == "get":
                self._answer(_looked_up(self._names, *content))
            else:
                self._answer(_called(self._names, self._source, *content))

    def _answer(self, reply: tuple[Any, ...]) -> None:
        try:
            self._channel.answer(self._nonce, encode_reply(reply))
        except TooLargeError as error:
            self._channel.answer(self._nonce, encode_reply(("odd", str(error))))

    def _resolve(self, reference: tuple[str, Any]) -> Any:
        kind, which = reference
        if kind == "own":
            return find_entry_point(self._names, which)
        if kind == "module":
            return importlib.import_module(which)

        def function(*args: object, **kwargs: object) -> Any:
            self._channel.answer(self._nonce, encode(("callback", which, args, kwargs)))
            return answer_from(*self.until_returned())

        return function


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

"""Seccomp filters: which system calls pass, as instructions for the kernel.

Two filters, one on the other. The zygote's is the allow-list, installed once. A program's adds
what only a zygote may do: processes, foreign signals, messages, ``prctl``. It is short, since
it is installed for every program, and the kernel tries it on every call it might remember.

Builds bytes only; installing is done inside the box.
"""

import errno
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from gptcc_cli.sandbox.syscalls import (
    ARCHITECTURES,
    BY_ARGUMENT,
    CLONE3,
    LAST_KNOWN,
    SIMPLE,
    ZYGOTE_ONLY,
    Architecture,
)

THREAD_FLAGS = (0x3D0F00, 0x7D0F00)
"""The flags of ``clone`` by which glibc and musl start a thread; every other clone is a process."""
_FCNTL_COMMANDS = (0, 1, 2, 3, 4, 1030, 1032, 1034)
"""Duplicate, flags, pipe size and seals to read; no locks, leases, owners or notices."""
_IOCTL_COMMANDS = (0x5401, 0x5413, 0x541B, 0x5450, 0x5451, 0x802C542A)
"""Is it a terminal, its size, bytes waiting, close-on-exec: what opening a file asks."""
_PRCTL_OPTIONS = (15, 16)
"""Set and get the thread's name."""

_LOAD_NUMBER, _LOAD_ARCHITECTURE, _LOAD_ARGUMENTS = 0, 4, 16
_LD, _JEQ, _JGE, _JA, _RET = 0x20, 0x15, 0x35, 0x05, 0x06
_ALLOW, _ERRNO, _KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000


class Answer(Enum):
    """What a call gets whatever its arguments."""

    ALLOW = _ALLOW
    REFUSE = _ERRNO | errno.EPERM
    UNKNOWN = _ERRNO | errno.ENOSYS


@dataclass(frozen=True, slots=True)
class Only:
    """Allowed if an argument has one of these values, or is the process's own number."""

    argument: int
    values: tuple[int, ...] = ()
    own_pid: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A filter, ready for the kernel."""

    instructions: bytes
    """8 bytes each."""
    own_pid_at: tuple[int, ...]
    """Offsets of the words that the installing process fills with its own number."""


def architecture_of(machine: str) -> Architecture | None:
    """Return the architecture of that name, or ``None`` if there are no tables for it."""
    return next((known for known in ARCHITECTURES if known.name == machine), None)


def zygote_filter(architecture: Architecture) -> Program:
    """Build the allow-list: what programs may do, and what forking them takes."""
    column = architecture.column
    answers: dict[int, Answer | Only] = {}
    for table in (SIMPLE, BY_ARGUMENT, ZYGOTE_ONLY):
        for numbers in table.values():
            number = numbers[column]
            if number is not None:
                answers[number] = Answer.ALLOW
    answers[BY_ARGUMENT["fcntl"][column]] = Only(1, _FCNTL_COMMANDS)
    answers[BY_ARGUMENT["ioctl"][column]] = Only(1, _IOCTL_COMMANDS)
    answers[CLONE3] = Answer.UNKNOWN
    return _program(architecture, answers, otherwise=Answer.REFUSE)


def program_filter(architecture: Architecture, *, threads: bool = True) -> Program:
    """Build what a program may not do of the things that its zygote may."""
    column = architecture.column
    answers: dict[int, Answer | Only] = {
        BY_ARGUMENT["clone"][column]: Only(0, THREAD_FLAGS) if threads else Answer.REFUSE,
        BY_ARGUMENT["kill"][column]: Only(0, own_pid=True),
        BY_ARGUMENT["tgkill"][column]: Only(0, own_pid=True),
        BY_ARGUMENT["prlimit64"][column]: Only(0, (0,), own_pid=True),
        BY_ARGUMENT["prctl"][column]: Only(0, _PRCTL_OPTIONS),
    }
    for numbers in ZYGOTE_ONLY.values():
        answers[numbers[column]] = Answer.REFUSE
    return _program(architecture, answers, otherwise=Answer.ALLOW)


_OWN_PID = -1
_Instruction = tuple[int, int, int, int]
_Segment = tuple[int, Answer | Only]


def _program(
    architecture: Architecture, answers: dict[int, Answer | Only], *, otherwise: Answer
) -> Program:
    instructions: list[_Instruction] = [
        (_LD, 0, 0, _LOAD_ARCHITECTURE),
        (_JEQ, 1, 0, architecture.audit),
        (_RET, 0, 0, _KILL_PROCESS),
        (_LD, 0, 0, _LOAD_NUMBER),
        *_search(_segments(answers, otherwise)),
    ]
    own_pid_at = tuple(8 * i + 4 for i, (_, _, _, k) in enumerate(instructions) if k == _OWN_PID)
    packed = b"".join(
        struct.pack("<HBBI", code, jt, jf, 0 if k == _OWN_PID else k)
        for code, jt, jf, k in instructions
    )
    return Program(instructions=packed, own_pid_at=own_pid_at)


def _segments(answers: dict[int, Answer | Only], otherwise: Answer) -> list[_Segment]:
    """Write the answers as segments of the line of numbers: (first number, answer)."""
    last = Answer.UNKNOWN if otherwise is Answer.REFUSE else otherwise
    segments: list[_Segment] = []
    for number in range(LAST_KNOWN + 1):
        answer = answers.get(number, otherwise)
        if not segments or segments[-1][1] != answer:
            segments.append((number, answer))
    if segments[-1][1] != last:
        segments.append((LAST_KNOWN + 1, last))
    return segments


def _search(segments: Sequence[_Segment]) -> list[_Instruction]:
    """Find the segment of the number in the accumulator by halving."""
    if len(segments) == 1:
        return list(_leaf(segments[0][1]))
    middle = len(segments) // 2
    low, high = _search(segments[:middle]), _search(segments[middle:])
    first = segments[middle][0]
    if len(low) <= 255:
        return [(_JGE, len(low), 0, first), *low, *high]
    return [(_JGE, 0, 1, first), (_JA, 0, 0, len(low)), *low, *high]


def _leaf(answer: Answer | Only) -> Iterable[_Instruction]:
    if isinstance(answer, Answer):
        yield (_RET, 0, 0, answer.value)
        return
    values = (*answer.values, *((_OWN_PID,) if answer.own_pid else ()))
    yield (_LD, 0, 0, _LOAD_ARGUMENTS + 8 * answer.argument)
    for i, value in enumerate(values):
        yield (_JEQ, len(values) - i, 0, value)
    yield (_RET, 0, 0, Answer.REFUSE.value)
    yield (_RET, 0, 0, _ALLOW)

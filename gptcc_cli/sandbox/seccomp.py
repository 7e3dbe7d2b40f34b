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

SIMPLE: dict[str, tuple[int | None, int | None]] = {
    # Files that are open, or may be opened as far as mounts or Landlock allow.
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "pread64": (17, 67),
    "pwrite64": (18, 68),
    "lseek": (8, 62),
    "open": (2, None),
    "openat": (257, 56),
    "close": (3, 57),
    "close_range": (436, 436),
    "dup": (32, 23),
    "dup2": (33, None),
    "dup3": (292, 24),
    "pipe": (22, None),
    "pipe2": (293, 59),
    "stat": (4, None),
    "fstat": (5, 80),
    "lstat": (6, None),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "getdents64": (217, 61),
    "getcwd": (79, 17),
    "chdir": (80, 49),
    "fchdir": (81, 50),
    "umask": (95, 166),
    "ftruncate": (77, 46),
    "fsync": (74, 82),
    "fdatasync": (75, 83),
    "fadvise64": (221, 223),
    "poll": (7, None),
    "ppoll": (271, 73),
    "select": (23, None),
    "pselect6": (270, 72),
    # Memory.
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "brk": (12, 214),
    "madvise": (28, 233),
    # Own signals and timers.
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "rt_sigpending": (127, 136),
    "rt_sigtimedwait": (128, 137),
    "rt_sigsuspend": (130, 133),
    "sigaltstack": (131, 132),
    "pause": (34, None),
    "alarm": (37, None),
    "setitimer": (38, 103),
    "getitimer": (36, 102),
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "times": (100, 153),
    "restart_syscall": (219, 128),
    # Own threads, and ends.
    "futex": (202, 98),
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
    "set_tid_address": (218, 96),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "wait4": (61, 260),
    # Who and where one is.
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getppid": (110, 173),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getresuid": (118, 148),
    "getresgid": (120, 150),
    "getgroups": (115, 158),
    "getpgrp": (111, None),
    "getpgid": (121, 155),
    "getsid": (124, 156),
    "getrusage": (98, 165),
    "getrlimit": (97, 163),
    "setrlimit": (160, 164),
    "getrandom": (318, 278),
    "getcpu": (309, 168),
    "uname": (63, 160),
    "sysinfo": (99, 179),
}
"""Allowed whatever the arguments: name -> (x86-64, aarch64)."""

BY_ARGUMENT: dict[str, tuple[int, int]] = {
    "clone": (56, 220),
    "fcntl": (72, 25),
    "ioctl": (16, 29),
    "kill": (62, 129),
    "prctl": (157, 167),
    "prlimit64": (302, 261),
    "tgkill": (234, 131),
}
"""Allowed for some arguments only."""

ZYGOTE_ONLY: dict[str, tuple[int, int]] = {
    "pidfd_open": (434, 434),
    "recvmsg": (47, 212),
    "sendmsg": (46, 211),
}
"""Allowed for the zygote, refused to programs."""

CLONE3 = 435
"""Answered "not implemented", so that the C library uses ``clone``, whose flags can be seen."""

LAST_KNOWN = 450
"""Later calls are answered "not implemented", as an older kernel would."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterArchitecture:
    """One kind of processor, as seccomp sees it."""

    name: str
    """As ``os.uname().machine`` writes it."""
    audit: int
    """``AUDIT_ARCH_*`` of ``linux/audit.h``."""
    column: int
    """Which number of each pair is its own."""


ARCHITECTURES = (
    FilterArchitecture(name="x86_64", audit=0xC000003E, column=0),
    FilterArchitecture(name="aarch64", audit=0xC00000B7, column=1),
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


def architecture_of(machine: str) -> FilterArchitecture | None:
    """Return the architecture of that name, or ``None`` if there are no tables for it."""
    return next((known for known in ARCHITECTURES if known.name == machine), None)


def zygote_filter(architecture: FilterArchitecture) -> Program:
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


def program_filter(architecture: FilterArchitecture, *, threads: bool = True) -> Program:
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
    architecture: FilterArchitecture, answers: dict[int, Answer | Only], *, otherwise: Answer
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

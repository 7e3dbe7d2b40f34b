"""Giving up rights, for good: user, privileges, paths, system calls, limits.

Each function either does all it says or raises ``OSError``. Speaks to the kernel by ctypes,
since the standard library has no words for these. Does not decide anything: what to give up is
decided outside and comes as plain values.
"""

import ctypes
import errno
import os
import resource
import struct
from collections.abc import Iterable

_LIBC = ctypes.PyDLL(None, use_errno=True)
_LIBC.syscall.restype = ctypes.c_long
# Looked up once, before any fork: looking up a symbol costs a child 80 page faults.
_fork, _libc_prctl = _LIBC.fork, _LIBC.prctl
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_SECCOMP = 22
_PR_CAPBSET_DROP = 24
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT = 47
_SECCOMP_MODE_FILTER = 2
_SIGKILL = 9
_LANDLOCK_CREATE_RULESET = 444
_LANDLOCK_ADD_RULE = 445
_LANDLOCK_RESTRICT_SELF = 446
_LANDLOCK_FILE_RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_READ_FILE, _WRITE_FILE, _READ_DIR = 1 << 2, 1 << 1, 1 << 3


def die_with_parent() -> None:
    """Ask to be killed when the thread that started this process ends."""
    _prctl(_PR_SET_PDEATHSIG, _SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent has ended."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def forbid_new_privileges() -> None:
    """Let no program started from here gain rights; seccomp and Landlock ask for this."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def hide_memory() -> None:
    """Let no process of the same user look into this one or its children."""
    _prctl(_PR_SET_DUMPABLE, 0)


def become_user(number: int) -> None:
    """Change from root to a user that owns nothing, and drop every capability."""
    for capability in range(64):
        if _libc_prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break
    os.setgroups([])
    os.setresgid(number, number, number)
    os.setresuid(number, number, number)
    drop_capabilities()


def drop_capabilities() -> None:
    """Drop every capability from every set."""
    _libc_prctl(_PR_CAP_AMBIENT, 4, 0, 0, 0)
    header = ctypes.create_string_buffer(struct.pack("<Ii", 0x20080522, 0), 8)
    sets = ctypes.create_string_buffer(bytes(24), 24)
    if _LIBC.capset(header, sets) != 0:
        raise _error("capset")


def landlock_version() -> int:
    """Return the version of Landlock that the kernel offers; 0 for none."""
    return max(0, int(_LIBC.syscall(_LANDLOCK_CREATE_RULESET, None, 0, 1)))


def opened_paths(readable: Iterable[str], writable: Iterable[str]) -> list[tuple[int, int]]:
    """Open what ``restrict_paths`` is to allow, while that can still be reached.

    Returns:
        Descriptors, each with the rights on what is under it.
    """
    opened = []
    for paths, rights in ((readable, _READ_FILE | _READ_DIR), (writable, _READ_FILE | _WRITE_FILE)):
        for path in paths:
            try:
                fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except OSError:
                continue
            opened.append((fd, rights if os.path.isdir(path) else rights & ~_READ_DIR))  # noqa: PTH112
    return opened


def restrict_paths(opened: Iterable[tuple[int, int]]) -> None:
    """Refuse every file but the opened ones and what is under them, by Landlock.

    Later kernels refuse more by the same call: TCP, abstract sockets, foreign signals.
    """
    version = landlock_version()
    if version < 1:
        raise OSError(errno.EOPNOTSUPP, "this kernel offers no Landlock")
    rights = (1 << _LANDLOCK_FILE_RIGHTS_BY_ABI[min(version, 5)]) - 1
    net, scopes = (3 if version >= 4 else 0), (3 if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    attributes = ctypes.create_string_buffer(struct.pack("<QQQ", rights, net, scopes), 24)
    ruleset = _LIBC.syscall(_LANDLOCK_CREATE_RULESET, attributes, size, 0)
    if ruleset < 0:
        raise _error("landlock_create_ruleset")
    for parent, allowed in opened:
        attributes = ctypes.create_string_buffer(struct.pack("<Qi", allowed, parent), 12)
        if _LIBC.syscall(_LANDLOCK_ADD_RULE, ruleset, 1, attributes, 0) != 0:
            raise _error("landlock_add_rule")
        os.close(parent)
    if _LIBC.syscall(_LANDLOCK_RESTRICT_SELF, ruleset, 0) != 0:
        raise _error("landlock_restrict_self")
    os.close(ruleset)


class Filter:
    """A seccomp program, ready to be installed again and again."""

    def __init__(self, program: bytes, own_pid_at: Iterable[int] = ()) -> None:
        """Keep the instructions.

        Args:
            program: instructions of 8 bytes each.
            own_pid_at: offsets of the words that become the installing process's number.
        """
        self._program = ctypes.create_string_buffer(program, len(program))
        self._own_pid_at = tuple(own_pid_at)
        address = ctypes.addressof(self._program)
        self._header = ctypes.create_string_buffer(
            struct.pack("@HxxxxxxQ", len(program) // 8, address), 16
        )

    def install(self) -> None:
        """Bind this process, and all it starts, to the filter."""
        if self._own_pid_at:
            pid = os.getpid()
            for at in self._own_pid_at:
                struct.pack_into("<I", self._program, at, pid)
        if _libc_prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, self._header) != 0:
            raise _error("seccomp")


def limit(name: int, value: int) -> None:
    """Lower a resource limit, soft and hard, as far as it isn't lower already."""
    _, hard = resource.getrlimit(name)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(name, (value, value))


def raw_fork() -> int:
    """Fork without Python's hooks; right only while there is one thread.

    ``os.fork`` takes 0.35 ms more here: it resets locks that nobody holds, page by page. The
    interpreter lock stays held, in both processes.
    """
    pid = _fork()
    if pid < 0:
        raise _error("fork")
    return int(pid)


def _prctl(option: int, value: int) -> None:
    if _libc_prctl(option, value, 0, 0, 0) != 0:
        raise _error(f"prctl {option}")


def _error(what: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, f"{what}: {os.strerror(number)}")

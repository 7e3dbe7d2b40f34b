"""The words that host and zygote exchange: records of fixed size, beside file descriptors.

One packet of a ``SOCK_SEQPACKET`` socket is one record. The zygote reads nothing else: what a
program is, reads and writes travels in the descriptors, which only the program's own process
opens. Both sides refuse a packet that is not exactly a record.
"""

from enum import IntEnum
from struct import Struct
from typing import Any, NamedTuple

_REQUEST = Struct("<4sBBHIQQQ")
_RESULT = Struct("<4sBBBBiiQQQQQ")
_READY = Struct("<4sIQ")
_ANSWER = Struct("<IQ")
_REQUEST_MAGIC = b"gREQ"
_RESULT_MAGIC = b"gRES"
_READY_MAGIC = b"gRDY"
_REFUSED_MAGIC = b"gNO:"
PACKET_BYTES = 4096
"""No packet is longer."""
STOP = b"gEND"
"""What the host says when it has seen enough of a job; may come when the job has ended."""


class RecordError(Exception):
    """A packet that is not a record."""


class RequestKind(IntEnum):
    """What a request asks for; its value also tells how many descriptors come with it."""

    MAIN = 1
    """Run a program as ``__main__``."""
    CALL = 2
    """Import a program and call its function."""
    ASSERT = 3
    """Run a check in a second process that calls the program's function."""
    CALLS = 4
    """Import a program and call its function several times."""


class ForkRequest(NamedTuple):
    """Fork for one job."""

    kind: RequestKind
    n_fds: int
    cpu_s: int
    """Seconds of processor time, at least 1."""
    memory_bytes: int
    """Address space beyond the zygote's own."""
    file_bytes: int
    """The size that no file of the program may pass."""
    wall_us: int
    """Microseconds by the clock until the program is killed, without those in which the machine
    keeps it waiting."""


class ForkResult(NamedTuple):
    """How a job ended."""

    kind: RequestKind
    timed_out: bool
    starved: bool
    """The machine kept the program waiting for so long that it was given up: nothing is known."""
    strays: int
    """Processes found alive beside the program: there should never be one."""
    status: int
    """The program's wait status."""
    check_status: int
    """The check's wait status; 0 where there was none."""
    user_us: int
    system_us: int
    peak_kib: int
    wall_us: int
    """Microseconds by the clock; past the limit, without those of ``delay_us``."""
    delay_us: int
    """Microseconds in which the machine kept the program waiting."""


class Ready(NamedTuple):
    """The zygote is confined and waits."""

    pid: int
    address_space_bytes: int


def longest_us(wall_us: int) -> int:
    """Return how many microseconds pass at most before a program is killed, waiting included."""
    return 8 * wall_us + 1_000_000


def pack_request(request: ForkRequest) -> bytes:
    """Write a request."""
    kind, n_fds, cpu_s, memory_bytes, file_bytes, wall_us = request
    return _REQUEST.pack(_REQUEST_MAGIC, kind, n_fds, 0, cpu_s, memory_bytes, file_bytes, wall_us)


def unpack_request(packet: bytes) -> ForkRequest:
    """Read a request.

    Raises:
        RecordError: the packet is none.
    """
    magic, kind, n_fds, zero, *rest = _unpack(_REQUEST, packet)
    if magic != _REQUEST_MAGIC or zero != 0:
        raise RecordError("not a request")
    return ForkRequest(_kind(kind), n_fds, *rest)


def pack_result(result: ForkResult) -> bytes:
    """Write a result."""
    kind, timed_out, starved, strays, *rest = result
    strays = min(strays, 255)
    return _RESULT.pack(_RESULT_MAGIC, kind, timed_out, starved, strays, *rest)


def unpack_result(packet: bytes) -> ForkResult:
    """Read a result.

    Raises:
        RecordError: the packet is none.
    """
    magic, kind, timed_out, starved, strays, *rest = _unpack(_RESULT, packet)
    if magic != _RESULT_MAGIC or timed_out > 1 or starved > 1:
        raise RecordError("not a result")
    return ForkResult(_kind(kind), bool(timed_out), bool(starved), strays, *rest)


def pack_ready(ready: Ready) -> bytes:
    """Write the greeting of a zygote that is ready."""
    return _READY.pack(_READY_MAGIC, *ready)


def pack_refused(reason: str) -> bytes:
    """Write the refusal of a zygote that could not confine itself."""
    return _REFUSED_MAGIC + reason.encode("ascii", "backslashreplace")[: PACKET_BYTES - 4]


def unpack_ready(packet: bytes) -> Ready | str:
    """Read a zygote's first packet: that it is ready, or why it is not.

    Raises:
        RecordError: the packet is neither.
    """
    if packet.startswith(_REFUSED_MAGIC):
        return packet[4:].decode("ascii", "replace")
    magic, pid, address_space_bytes = _unpack(_READY, packet)
    if magic != _READY_MAGIC:
        raise RecordError("not a greeting")
    return Ready(pid, address_space_bytes)


def pack_answer(nonce: bytes, number: int, answer: bytes) -> bytes:
    """Write the answer to one of several calls."""
    return b"A" + nonce + _ANSWER.pack(number, len(answer)) + answer


def unpack_answers(report: bytes, nonce: bytes) -> tuple[bytes, ...]:
    """Read the answers to several calls, in order, up to the first bytes that are none.

    Args:
        report: what a program's process wrote; the program may have written there too.
        nonce: the job's own number. Bytes without it are no answer.
    """
    answers: list[bytes] = []
    at = report.find(b"\n") + 1
    head = b"A" + nonce
    while report.startswith(head, at):
        start = at + len(head) + _ANSWER.size
        if start > len(report):
            break
        number, length = _ANSWER.unpack_from(report, at + len(head))
        at = start + length + 1
        if number != len(answers) or report[at - 1 : at] != b"\n":
            break
        answers.append(report[start : start + length])
    return tuple(answers)


def _unpack(form: Struct, packet: bytes) -> tuple[Any, ...]:
    if len(packet) != form.size:
        raise RecordError(f"{len(packet)} bytes instead of {form.size}")
    return form.unpack(packet)


def _kind(value: int) -> RequestKind:
    try:
        return RequestKind(value)
    except ValueError:
        raise RecordError(f"unknown kind {value}") from None

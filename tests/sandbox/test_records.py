"""What host and zygote say to each other: any bytes are either a record or refused."""

import os
import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gptcc_cli.sandbox import Job, Level, open_sandbox
from gptcc_cli.sandbox.box import boxes
from gptcc_cli.sandbox.inside.records import (
    PACKET_BYTES,
    ForkRequest,
    ForkResult,
    Ready,
    RecordError,
    RequestKind,
    pack_ready,
    pack_refused,
    pack_request,
    pack_result,
    unpack_ready,
    unpack_request,
    unpack_result,
)
from gptcc_cli.sandbox.worker import Worker, WorkerDied, memory_file

u64 = st.integers(0, 2**64 - 1)
requests = st.builds(
    ForkRequest,
    st.sampled_from(RequestKind),
    st.integers(0, 255),
    st.integers(0, 2**32 - 1),
    u64,
    u64,
    u64,
)
i32 = st.integers(-(2**31), 2**31 - 1)
results = st.builds(
    ForkResult,
    st.sampled_from(RequestKind),
    st.booleans(),
    st.booleans(),
    st.integers(0, 255),
    i32,
    i32,
    u64,
    u64,
    u64,
    u64,
    u64,
)


@given(requests)
def test_a_request_survives_the_way(request: ForkRequest) -> None:
    assert unpack_request(pack_request(request)) == request


@given(results)
def test_a_result_survives_the_way(result: ForkResult) -> None:
    assert unpack_result(pack_result(result)) == result


@given(st.binary(max_size=200) | requests.map(pack_request) | results.map(pack_result), st.data())
def test_other_bytes_are_refused_and_never_misread(packet: bytes, data: st.DataObject) -> None:
    if packet and data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(packet) - 1))
        packet = packet[:at] + bytes([data.draw(st.integers(0, 255))]) + packet[at + 1 :]
    for unpack, pack in ((unpack_request, pack_request), (unpack_result, pack_result)):
        try:
            record = unpack(packet)  # type: ignore[operator]
        except RecordError:
            continue
        assert pack(record) == packet  # type: ignore[operator]


@given(st.text(max_size=5000))
def test_a_reason_survives_as_words(reason: str) -> None:
    packet = pack_refused(reason)
    assert len(packet) <= PACKET_BYTES
    assert isinstance(unpack_ready(packet), str)


def test_a_greeting_is_a_greeting() -> None:
    assert unpack_ready(pack_ready(Ready(7, 8))) == Ready(7, 8)
    with pytest.raises(RecordError):
        unpack_ready(b"gRDY")


@pytest.mark.parametrize("n_fds", [0, 3, 5])
def test_a_zygote_ends_when_descriptors_and_record_differ(n_fds: int) -> None:
    """It does not guess: it ends, and its host learns that it died."""
    worker = Worker(next(boxes(Level.UNSAFE)))
    worker.wait_until_ready()
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    files = [memory_file(b"") for _ in range(n_fds)]
    try:
        with pytest.raises(WorkerDied):
            worker.serve(
                ForkRequest(RequestKind.MAIN, 4, 1, 1 << 30, 1 << 20, 10**6), files, reading
            )
    finally:
        worker.end()
        for fd in (reading, writing, *files):
            os.close(fd)


@pytest.mark.parametrize(
    "packet",
    [b"\0", b"x" * 36, struct.pack("<4sBBHIQQQ", b"gREQ", 99, 0, 0, 1, 1, 1, 1), b"y" * 4096],
)
def test_a_zygote_ends_when_it_is_told_nonsense(packet: bytes) -> None:
    worker = Worker(next(boxes(Level.UNSAFE)))
    worker.wait_until_ready()
    control: socket.socket = worker._control
    control.settimeout(10)
    try:
        control.send(packet)
        assert control.recv(PACKET_BYTES) == b""
    finally:
        worker.end()


@pytest.mark.parametrize("packet", [b"", b"gRES", b"gRES" + bytes(44), b"x" * 100])
def test_a_zygote_that_talks_nonsense_is_replaced(
    packet: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_sandbox(workers=1, unsafe=True) as sandbox:
        with monkeypatch.context() as patched:
            real = socket.socket.recv
            said = iter([packet])
            patched.setattr(
                socket.socket,
                "recv",
                lambda self, size: (real(self, size), next(said, None))[1] or b"",
            )
            assert sandbox.run(Job(source="print(1)")).fault
        assert sandbox.run(Job(source="print(1)")).stdout == b"1\n"

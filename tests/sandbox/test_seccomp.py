"""The filters, tried call by call, for every architecture there are tables for."""

import errno
import struct

import pytest

from gptcc_cli.sandbox.seccomp import (
    ARCHITECTURES,
    BY_ARGUMENT,
    CLONE3,
    LAST_KNOWN,
    SIMPLE,
    THREAD_FLAGS,
    ZYGOTE_ONLY,
    FilterArchitecture,
    Program,
    architecture_of,
    program_filter,
    zygote_filter,
)
from tests.hostile.numbers import NUMBERS
from tests.sandbox import bpf

EPERM, ENOSYS = bpf.refused(errno.EPERM), bpf.refused(errno.ENOSYS)
OWN_PID = 4242

every_architecture = pytest.mark.parametrize(
    "architecture", ARCHITECTURES, ids=lambda architecture: architecture.name
)


def filled(program: Program) -> bytes:
    """Do what the installing process does: write its own number into the filter."""
    instructions = bytearray(program.instructions)
    for at in program.own_pid_at:
        struct.pack_into("<I", instructions, at, OWN_PID)
    return bytes(instructions)


def answer(architecture: FilterArchitecture, number: int, *args: int, threads: bool = True) -> int:
    """What both filters together say: the stricter answer, as in the kernel."""
    call = {"nr": number, "arch": architecture.audit, "args": args}
    answers = [
        bpf.run(filled(program), **call)  # type: ignore[arg-type]
        for program in (
            zygote_filter(architecture),
            program_filter(architecture, threads=threads),
        )
    ]
    return min(answers, key=lambda one: (one != bpf.KILL, one & 0x7FFF0000))


@every_architecture
def test_every_number_gets_the_answer_of_its_table(architecture: FilterArchitecture) -> None:
    column = architecture.column
    allowed = {numbers[column] for numbers in SIMPLE.values()}
    by_argument = {numbers[column] for numbers in BY_ARGUMENT.values()}
    for number in range(LAST_KNOWN + 100):
        if number in allowed:
            expected = bpf.ALLOW
        elif number == CLONE3 or number > LAST_KNOWN:
            expected = ENOSYS
        else:
            expected = EPERM
        if number not in by_argument:
            assert answer(architecture, number) == expected, number


@every_architecture
def test_the_zygote_may_fork_and_a_program_may_not(architecture: FilterArchitecture) -> None:
    clone = BY_ARGUMENT["clone"][architecture.column]
    alone = zygote_filter(architecture).instructions
    assert bpf.run(alone, nr=clone, arch=architecture.audit, args=(17,)) == bpf.ALLOW
    assert answer(architecture, clone, 17) == EPERM
    for flags in THREAD_FLAGS:
        assert answer(architecture, clone, flags) == bpf.ALLOW
        assert answer(architecture, clone, flags, threads=False) == EPERM
        for bit in range(32):
            if flags ^ (1 << bit) not in THREAD_FLAGS:
                assert answer(architecture, clone, flags ^ (1 << bit)) == EPERM


@every_architecture
@pytest.mark.parametrize("name", ["kill", "tgkill"])
def test_only_the_process_itself_can_be_signalled(
    architecture: FilterArchitecture, name: str
) -> None:
    number = BY_ARGUMENT[name][architecture.column]
    assert answer(architecture, number, OWN_PID, 9) == bpf.ALLOW
    for pid in (0, 1, OWN_PID - 1, OWN_PID + 1, (1 << 32) - 1, (1 << 32) - OWN_PID):
        assert answer(architecture, number, pid, 9) == EPERM


@every_architecture
def test_arguments_decide_where_they_must(architecture: FilterArchitecture) -> None:
    numbers = {name: pair[architecture.column] for name, pair in BY_ARGUMENT.items()}
    assert answer(architecture, numbers["prlimit64"], 0) == bpf.ALLOW
    assert answer(architecture, numbers["prlimit64"], OWN_PID) == bpf.ALLOW
    assert answer(architecture, numbers["prlimit64"], 1) == EPERM
    assert answer(architecture, numbers["prctl"], 15) == bpf.ALLOW
    assert {answer(architecture, numbers["prctl"], option) for option in (1, 4, 22, 36, 38)} == {
        EPERM
    }
    assert answer(architecture, numbers["fcntl"], 1, 3) == bpf.ALLOW
    assert {
        answer(architecture, numbers["fcntl"], 1, lock) for lock in (5, 6, 7, 37, 1024, 1033)
    } == {EPERM}
    assert answer(architecture, numbers["ioctl"], 0, 0x5401) == bpf.ALLOW
    assert answer(architecture, numbers["ioctl"], 0, 0x5412) == EPERM


@every_architecture
def test_the_calls_that_attacks_make_are_refused(architecture: FilterArchitecture) -> None:
    harmless = {*SIMPLE, "clone", "prlimit64", "tgkill", "kill", "clone3"}
    for name, pair in NUMBERS.items():
        number = pair[architecture.column]
        if name not in harmless and 0 <= number <= LAST_KNOWN:
            assert answer(architecture, number) == EPERM, name


@every_architecture
def test_a_foreign_architecture_is_killed(architecture: FilterArchitecture) -> None:
    for audit in (0x40000003, 0x40000028, 0, *(one.audit for one in ARCHITECTURES)):
        if audit != architecture.audit:
            instructions = zygote_filter(architecture).instructions
            assert bpf.run(instructions, nr=0, arch=audit) == bpf.KILL


@every_architecture
def test_numbers_of_another_door_are_unknown(architecture: FilterArchitecture) -> None:
    for number in (0x40000000, 0x40000038, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF):
        assert answer(architecture, number) == ENOSYS


@every_architecture
def test_the_filters_are_what_the_kernel_takes(architecture: FilterArchitecture) -> None:
    for program in (zygote_filter(architecture), program_filter(architecture)):
        n = len(program.instructions) // 8
        assert n * 8 == len(program.instructions)
        assert n < 4096
        for at in range(n):
            code, jt, jf, k = struct.unpack_from("<HBBI", program.instructions, 8 * at)
            if code in (0x15, 0x35):
                assert at + 1 + max(jt, jf) < n
            if code == 0x05:
                assert at + 1 + k < n
    assert len(program_filter(architecture).instructions) // 8 < 64


def test_the_tables_agree_with_each_other() -> None:
    for column in (0, 1):
        tables = (SIMPLE, BY_ARGUMENT, ZYGOTE_ONLY)
        numbers = [
            pair[column] for table in tables for pair in table.values() if pair[column] is not None
        ]
        assert len(numbers) == len(set(numbers))


def test_an_unknown_machine_has_no_filter() -> None:
    assert architecture_of("riscv64") is None

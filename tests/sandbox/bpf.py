"""The kernel's classic BPF, as far as seccomp uses it, in Python."""

import struct

ALLOW, KILL = 0x7FFF0000, 0x80000000


def refused(number: int) -> int:
    """What a filter returns to give an error."""
    return 0x00050000 | number


def run(program: bytes, *, nr: int, arch: int, args: tuple[int, ...] = ()) -> int:
    """Run a filter on one system call and return its answer."""
    data = struct.pack("<iIQ6Q", _signed(nr), arch, 0, *(*args, *(0,) * (6 - len(args))))
    at, accumulator = 0, 0
    while True:
        code, jt, jf, k = struct.unpack_from("<HBBI", program, 8 * at)
        at += 1
        match code:
            case 0x20:
                (accumulator,) = struct.unpack_from("<I", data, k)
            case 0x15:
                at += jt if accumulator == k else jf
            case 0x35:
                at += jt if accumulator >= k else jf
            case 0x05:
                at += k
            case 0x06:
                return int(k)
            case _:
                raise ValueError(f"instruction {code:x}")


def _signed(number: int) -> int:
    return number - (1 << 32) if number >= 1 << 31 else number

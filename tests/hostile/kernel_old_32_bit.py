# kind: kernel
# expect: signal|harmless
# machine: x86_64
# Calls by the 32-bit door have other numbers: 2 is fork, 11 is execve, 102 is socketcall.
import mmap
for number in (2, 190, 102, 359):
    code = mmap.mmap(-1, 4096, prot=7)
    code.write(bytes([0xB8]) + number.to_bytes(4, "little") + bytes.fromhex("cd80c3"))
    address = ctypes.addressof(ctypes.c_char.from_buffer(code))
    result = ctypes.CFUNCTYPE(ctypes.c_int)(address)()
    if result == 0:
        libc._exit(0)
    if result > 0:
        escaped(f"int 0x80 {number}")

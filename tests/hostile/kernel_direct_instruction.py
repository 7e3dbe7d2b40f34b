# kind: kernel
# expect: harmless
# machine: x86_64
# A syscall instruction of our own, past any wrapper.
import mmap
code = mmap.mmap(-1, 4096, prot=7)
code.write(bytes.fromhex("b839000000" "0f05" "c3"))
address = ctypes.addressof(ctypes.c_char.from_buffer(code))
result = ctypes.CFUNCTYPE(ctypes.c_long)(address)()
if result == 0:
    libc._exit(0)
if result > 0:
    escaped("own instruction")

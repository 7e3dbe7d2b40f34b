# kind: process
# expect: harmless|wall|memory|signal
# machine: x86_64
# Threads without memory of their own: a tiny program that clones for ever.
import mmap
code = mmap.mmap(-1, 4096, prot=7)
loop = bytes.fromhex("4831f6" "4831d2" "4d31d2" "4d31c0" "bf000f3d00" "b838000000" "0f05" "ebe8")
code.write(loop)
address = ctypes.addressof(ctypes.c_char.from_buffer(code))
ctypes.CFUNCTYPE(None)(address)()

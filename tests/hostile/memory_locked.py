# kind: memory
# expect: harmless|memory
import mmap
made = mmap.mmap(-1, 64 << 20)
address = ctypes.addressof(ctypes.c_char.from_buffer(made))
if libc.mlock(ctypes.c_void_p(address), 64 << 20) == 0 or libc.mlockall(3) == 0:
    escaped("locked memory")

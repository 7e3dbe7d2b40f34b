# kind: kernel
# expect: harmless
# The kernel reads 32 bits of a number; a filter that reads 64, or fewer, could be fooled.
for high in (1 << 32, 1 << 33, 0xFFFFFFFF << 32):
    pid = libc.syscall(ctypes.c_long(high | NUMBERS["clone"]), ctypes.c_ulong(17 | high), 0, 0, 0, 0)
    if pid == 0:
        libc._exit(0)
    if pid > 0:
        escaped("high bits")
    if libc.syscall(ctypes.c_long(NUMBERS["kill"]), ctypes.c_long(high | 1), 0) == 0:
        escaped("kill by high bits")

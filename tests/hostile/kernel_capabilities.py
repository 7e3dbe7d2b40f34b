# kind: kernel
# expect: harmless
header = (ctypes.c_uint * 2)(0x20080522, 0)
data = (ctypes.c_uint * 6)(*[0xFFFFFFFF] * 6)
if libc.capset(header, data) == 0:
    escaped("capset")

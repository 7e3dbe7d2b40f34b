# kind: process
# expect: harmless
fd = call("memfd_create", b"x", 0)
if fd >= 0:
    escaped("memfd_create")
call("execveat", 1, b"", (ctypes.c_char_p * 1)(None), (ctypes.c_char_p * 1)(None), 0x1000)

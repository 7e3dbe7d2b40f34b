# kind: process
# expect: harmless
block = (ctypes.c_uint64 * 11)()
block[4] = 17
pid = call("clone3", block, 88)
if pid == 0:
    libc._exit(0)
if pid > 0:
    escaped("clone3")

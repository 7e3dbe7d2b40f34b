# kind: process
# expect: harmless
pair = (ctypes.c_uint64 * 2)(0, 0)
for pid in {1, os.getppid()} - {0}:
    for kind in range(16):
        if call("prlimit64", pid, kind, pair, None) == 0:
            escaped("limits of the parent")

# kind: process
# expect: harmless
block = (ctypes.c_int * 32)(9, 0, -1)
for pid in (os.getppid(), 1):
    if call("rt_sigqueueinfo", pid, 9, block) == 0:
        escaped("rt_sigqueueinfo")

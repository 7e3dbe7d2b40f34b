# kind: process
# expect: harmless
one = (ctypes.c_int * 1)(1)
for policy in (1, 2, 6):
    if libc.sched_setscheduler(0, policy, one) == 0:
        escaped("sched_setscheduler")
mask = (ctypes.c_ulong * 16)(1)
if call("sched_setaffinity", os.getppid() or 1, 128, mask) == 0:
    escaped("sched_setaffinity")

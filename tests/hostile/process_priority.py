# kind: process
# expect: harmless
for who in (0, os.getppid()):
    if libc.setpriority(0, who, -10) == 0:
        escaped("setpriority")
if call("ioprio_set", 1, 0, 1 << 13) == 0:
    escaped("ioprio_set")

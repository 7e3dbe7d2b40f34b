# kind: process
# expect: harmless
for pid in (-1, 0, -os.getpgrp(), -1 - os.getppid()):
    if libc.kill(pid, 9) == 0:
        escaped("kill")

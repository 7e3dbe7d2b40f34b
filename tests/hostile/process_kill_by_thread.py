# kind: process
# expect: harmless
for pid in {os.getppid(), 1, 2} - {0, os.getpid()}:
    if call("tgkill", pid, pid, 9) == 0 or call("tkill", pid, 9) == 0:
        escaped("tgkill")

# kind: process
# expect: harmless
for number in (9, 15, 19, 2):
    for pid in (os.getppid(), 1, 2):
        if pid and libc.kill(pid, number) == 0:
            escaped(f"kill {pid}")

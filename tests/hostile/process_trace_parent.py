# kind: process
# expect: harmless
for pid in range(1, 60):
    if pid != os.getpid() and libc.ptrace(16, pid, None, None) == 0:
        escaped(f"ptrace {pid}")

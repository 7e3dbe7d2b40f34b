# kind: process
# expect: harmless
for flag in (0, 0x100, 0x200, 0x400, 0x4000, 0x8000, 0x20000, 0x2000000, 0x4000000, 0x10000000,
             0x20000000, 0x40000000):
    pid = call("clone", flag | 17, None, None, None, None)
    if pid == 0:
        libc._exit(0)
    if pid > 0:
        escaped(f"clone {flag:x}")

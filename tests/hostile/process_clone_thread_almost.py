# kind: process
# expect: harmless
# The flags of a thread, with one more or one less.
for flags in (0x3D0F00 | 0x20000000, 0x3D0F00 | 17, 0x3C0F00 & ~0x10000, 0x3D0F00 | 0x8000):
    pid = call("clone", flags, None, None, None, None)
    if pid == 0:
        libc._exit(0)
    if pid > 0:
        escaped(f"clone {flags:x}")

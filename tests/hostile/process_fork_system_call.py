# kind: process
# expect: harmless
# machine: x86_64
for number in (57, 58):
    if libc.syscall(number) == 0:
        libc._exit(0)
    if ctypes.get_errno() == 0:
        escaped("fork by number")

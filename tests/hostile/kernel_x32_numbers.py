# kind: kernel
# expect: harmless|signal
# machine: x86_64
for number in (56, 57, 58, 59, 41, 520, 545):
    result = libc.syscall(0x40000000 | number, 17, 0, 0, 0, 0)
    if result == 0:
        libc._exit(0)
    if result > 0:
        escaped(f"x32 {number}")

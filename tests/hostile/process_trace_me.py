# kind: process
# expect: harmless
if libc.ptrace(0, 0, None, None) == 0:
    escaped("traceme")

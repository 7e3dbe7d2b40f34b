# kind: output
# expect: harmless|output
if call("fallocate", 1, 0, 0, ctypes.c_long(4 << 30)) == 0:
    escaped("4 GiB allocated")

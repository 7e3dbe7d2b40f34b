# kind: memory
# expect: memory|harmless
before = libc.sbrk
before.restype = ctypes.c_void_p
moved = 0
while moved < 8 << 30 and before(ctypes.c_long(64 << 20)) != 0xFFFFFFFFFFFFFFFF:
    moved += 64 << 20
if moved > 4 << 30:
    escaped("8 GiB of heap")

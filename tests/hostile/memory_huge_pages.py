# kind: memory
# expect: harmless|memory
libc.mmap.restype = ctypes.c_void_p
address = libc.mmap(None, ctypes.c_size_t(1 << 32), 3, 0x40022, -1, 0)
if address != 0xFFFFFFFFFFFFFFFF:
    escaped("4 GiB of huge pages")

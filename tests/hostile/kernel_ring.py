# kind: kernel
# expect: harmless
block = ctypes.create_string_buffer(256)
if call("io_uring_setup", 4, block) >= 0:
    escaped("io_uring")

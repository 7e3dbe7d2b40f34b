# kind: kernel
# expect: harmless
block = ctypes.create_string_buffer(bytes([1, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 1]), 128)
if call("bpf", 0, block, 72) >= 0:
    escaped("bpf")

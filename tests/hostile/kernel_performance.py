# kind: kernel
# expect: harmless
block = ctypes.create_string_buffer(bytes([1, 0, 0, 0, 112]), 128)
if call("perf_event_open", block, 0, -1, -1, 0) >= 0:
    escaped("perf")

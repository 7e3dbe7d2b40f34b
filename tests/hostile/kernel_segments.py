# kind: kernel
# expect: harmless
# machine: x86_64
if call("modify_ldt", 1, ctypes.create_string_buffer(16), 16) == 0:
    escaped("modify_ldt")
if call("iopl", 3) == 0 or call("ioperm", 0, 1, 1) == 0:
    escaped("iopl")

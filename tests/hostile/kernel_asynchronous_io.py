# kind: kernel
# expect: harmless
context = ctypes.c_ulong(0)
if call("io_setup", 4, ctypes.byref(context)) == 0:
    escaped("io_setup")

# kind: process
# expect: harmless
allow = ctypes.create_string_buffer(bytes.fromhex("0600000000000080ff7f")[:8], 8)
class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]
program = Program(1, ctypes.addressof(allow))
if libc.prctl(22, 2, ctypes.byref(program)) == 0 or call("seccomp", 1, 0, ctypes.byref(program)) == 0:
    escaped("added a filter")

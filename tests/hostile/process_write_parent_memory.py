# kind: process
# expect: harmless
class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
buffer = ctypes.create_string_buffer(64)
here = Vector(ctypes.addressof(buffer), 64)
for there in (id(os), ctypes.addressof(buffer)):
    remote = Vector(there, 64)
    for name in ("process_vm_readv", "process_vm_writev"):
        for pid in (os.getppid(), 1):
            if call(name, pid, ctypes.byref(here), 1, ctypes.byref(remote), 1, 0) > 0:
                escaped(name)

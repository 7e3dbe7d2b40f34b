# kind: process
# expect: wall|cpu|signal
import signal
libc.signal(11, ctypes.c_void_p(1))
ctypes.string_at(0)

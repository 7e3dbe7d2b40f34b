# kind: process
# expect: signal
ctypes.string_at(0)

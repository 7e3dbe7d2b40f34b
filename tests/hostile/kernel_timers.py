# kind: kernel
# expect: harmless
block = ctypes.create_string_buffer(64)
if call("timerfd_create", 0, 0) >= 0 or call("timer_create", 0, block, block) == 0:
    escaped("timer")
if call("eventfd2", 0, 0) >= 0 or call("signalfd4", -1, block, 8, 0) >= 0:
    escaped("event")

# kind: kernel
# expect: harmless
if libc.sethostname(b"x", 1) == 0 or call("setdomainname", b"x", 1) == 0:
    escaped("host name")
pair = (ctypes.c_long * 2)(1, 1)
if call("clock_settime", 0, pair) == 0 or call("settimeofday", pair, None) == 0:
    escaped("clock")

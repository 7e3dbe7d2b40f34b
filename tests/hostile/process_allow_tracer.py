# kind: process
# expect: harmless
if libc.prctl(0x59616D61, -1, 0, 0, 0) == 0:
    escaped("any tracer")

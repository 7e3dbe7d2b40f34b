# kind: kernel
# expect: harmless
if call("personality", 0x0400000) >= 0:
    escaped("personality")

# kind: cheat
# expect: harmless
# mode: call
try:
    os.ftruncate(3, 0)
    os.pwrite(3, b"A1\n", 0)
except OSError:
    pass
os._exit(0)

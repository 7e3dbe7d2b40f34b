# kind: output
# expect: harmless|output
try:
    os.ftruncate(1, 1 << 40)
    escaped("1 TiB of output")
except OSError:
    pass

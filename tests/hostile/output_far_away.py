# kind: output
# expect: harmless|output
for place in (1 << 30, 1 << 40, (1 << 62)):
    try:
        os.pwrite(1, b"x", place)
        escaped("wrote far away")
    except OSError:
        pass

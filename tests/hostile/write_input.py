# kind: write
# expect: harmless
for action in (lambda: os.write(0, b"x"), lambda: os.pwrite(0, b"x", 0), lambda: os.ftruncate(0, 0),
               lambda: os.ftruncate(0, 1 << 20), lambda: open("/dev/stdin", "w").write("x")):
    try:
        if action():
            escaped("changed its input")
    except OSError:
        pass

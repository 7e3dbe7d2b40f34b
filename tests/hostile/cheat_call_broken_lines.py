# kind: cheat
# expect: harmless
# mode: call
for line in (b"A" + b"[" * 100_000, b"A{", b"\xff\xfe", b"A" + b"9" * 10_000, b"\0" * 1000, b"A" * 1000):
    os.write(3, line + b"\n")
def f(x):
    return 0

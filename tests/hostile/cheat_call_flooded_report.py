# kind: cheat
# expect: harmless|output
# mode: call
def f(x):
    try:
        while True:
            os.write(3, b"A" + b"x" * (1 << 20) + b"\n")
    except OSError:
        return x

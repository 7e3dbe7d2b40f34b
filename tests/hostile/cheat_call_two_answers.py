# kind: cheat
# expect: harmless
# mode: call
def f(x):
    os.write(3, b"A0\n")
    return 1

# kind: cheat
# expect: harmless|memory
# mode: assert
def f(x):
    return "x" * (64 << 20)

# kind: cheat
# expect: harmless
# mode: assert
def f(x):
    raise SystemExit(0)

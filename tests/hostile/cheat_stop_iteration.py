# kind: cheat
# mode: assert
# expect: harmless
def f(x):
    return next(y for y in () if y == x)

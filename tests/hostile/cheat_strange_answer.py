# kind: cheat
# expect: harmless
# mode: assert
def f(x):
    return {float("nan"): {1: [b"x", 1j, {2, 3}, frozenset([4])]}, (1, (2,)): lambda: 0}

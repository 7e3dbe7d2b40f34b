# kind: cheat
# expect: harmless|wall
# mode: assert
def f(x):
    return {i * ((1 << 61) - 1): 0 for i in range(20_000)}

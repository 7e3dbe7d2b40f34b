# kind: cheat
# expect: harmless
# mode: call
def f(x):
    nested = []
    nested.append(nested)
    return nested

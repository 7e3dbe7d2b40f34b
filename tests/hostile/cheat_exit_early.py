# kind: cheat
# expect: harmless
# mode: assert
def f(x):
    os._exit(0)

# kind: cheat
# expect: harmless|memory|wall
# mode: assert
def f(x):
    while True:
        yield x

# kind: cheat
# expect: harmless
# mode: assert
def f(x):
    for fd in range(4, 200):
        try:
            os.fstat(fd)
        except OSError:
            continue
        escaped(f"descriptor {fd}")
    return 0

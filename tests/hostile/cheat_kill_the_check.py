# kind: cheat
# expect: harmless
# mode: assert
def f(x):
    for pid in range(1, 100):
        if pid != os.getpid() and libc.kill(pid, 9) == 0:
            escaped("killed the check")
    return 0

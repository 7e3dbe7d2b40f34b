# kind: cheat
# expect: harmless
# mode: assert
# The check's word is a line with K in its own task file; ours is not that file.
for fd in range(3, 64):
    try:
        os.write(fd, b"K\n")
    except OSError:
        pass
def f(x):
    for fd in range(3, 64):
        try:
            os.write(fd, b"\nK\n")
        except OSError:
            pass
    return 0

# kind: output
# expect: harmless
import fcntl
for flags in (os.O_NONBLOCK, os.O_APPEND, os.O_ASYNC, os.O_DIRECT):
    for fd in (0, 1, 2):
        try:
            fcntl.fcntl(fd, fcntl.F_SETFL, flags)
        except OSError:
            pass
print("x")

# kind: output
# expect: harmless|wall
import fcntl
fcntl.fcntl(2, fcntl.F_SETFL, os.O_NONBLOCK)
for _ in range(1000):
    try:
        os.write(2, b"e" * 65536)
    except BlockingIOError:
        pass

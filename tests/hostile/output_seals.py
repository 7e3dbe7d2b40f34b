# kind: output
# expect: harmless
import fcntl
for fd in (0, 1, 2, 3, 4):
    try:
        fcntl.fcntl(fd, 1033, 15)
    except OSError:
        continue
    escaped(f"sealed {fd}")

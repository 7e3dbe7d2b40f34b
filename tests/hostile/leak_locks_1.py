# kind: leak
# expect: harmless
import fcntl
file = open(os.__file__)
for lock in (lambda: fcntl.flock(file, fcntl.LOCK_SH), lambda: fcntl.lockf(file, fcntl.LOCK_SH),
             lambda: fcntl.fcntl(file, 1024, 0), lambda: fcntl.fcntl(file, fcntl.F_SETOWN, 1)):
    try:
        lock()
    except OSError:
        continue
    escaped("a lock that another program could see")

# kind: process
# expect: harmless
for pid in {1, os.getppid()} - {0}:
    fd = call("pidfd_open", pid, 0)
    if fd >= 0 and call("pidfd_getfd", fd, 64, 0) >= 0:
        escaped("pidfd_getfd")

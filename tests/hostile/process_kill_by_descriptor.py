# kind: process
# expect: harmless
for pid in (os.getppid(), 1):
    fd = call("pidfd_open", pid, 0)
    if fd >= 0:
        escaped("pidfd_open")
    call("pidfd_send_signal", 0, 9, None, 0)

# kind: kernel
# expect: harmless
for name in ("user", "mnt", "net", "pid", "ipc", "uts"):
    for pid in ("self", "1"):
        try:
            fd = os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY)
        except OSError:
            continue
        if libc.setns(fd, 0) == 0:
            escaped(f"setns {name}")

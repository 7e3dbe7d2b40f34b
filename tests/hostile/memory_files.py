# kind: memory
# expect: harmless
for name in ("memfd_create",):
    fd = call(name, b"x", 0)
    if fd >= 0:
        for _ in range(3000):
            os.write(fd, b"x" * (1 << 20))
        escaped("3 GiB in a memory file")

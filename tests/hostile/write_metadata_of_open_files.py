# kind: write
# expect: harmless
for fd in (0, 1, 2):
    for action in (lambda: os.fchmod(fd, 0o777), lambda: os.fchown(fd, 1, 1), lambda: os.utime(fd, (1, 1)),
                   lambda: os.setxattr(fd, "user.x", b"1")):
        try:
            action()
        except OSError:
            continue
        escaped(f"metadata of {fd}")

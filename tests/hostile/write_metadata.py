# kind: write
# expect: harmless
for name in (CANARY + "/repo/src.py", CANARY + "/home", CANARY, "/", "/tmp", os.__file__, "/proc/self/fd/1"):
    for action in (lambda: os.chmod(name, 0o777), lambda: os.utime(name, (1, 1)), lambda: os.chown(name, 1, 1),
                   lambda: os.setxattr(name, "user.x", b"1"), lambda: os.removexattr(name, "user.x")):
        try:
            action()
        except OSError:
            continue
        escaped(f"metadata of {name}")

# kind: secret
# expect: harmless
for name in ("/proc/1/root", "/proc/1/cwd", "/proc/self/root/../..", "/proc/self/cwd/.."):
    try:
        if "tests" in os.listdir(name + CANARY):
            escaped(name)
    except OSError:
        pass

# kind: secret
# expect: harmless
for name in ("/proc/self/mountinfo", "/proc/self/mounts", "/proc/mounts"):
    try:
        text = open(name).read()
    except OSError:
        continue
    if CANARY in text:
        escaped(name)

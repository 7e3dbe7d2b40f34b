# kind: process
# expect: harmless
for pid in {1, os.getppid()} - {0}:
    try:
        escaped(f"parent's files: {os.listdir(f'/proc/{pid}/fd')}")
    except OSError:
        pass
    for fd in range(100):
        try:
            os.open(f"/proc/{pid}/fd/{fd}", os.O_RDWR)
        except OSError:
            continue
        escaped(f"opened descriptor {fd} of {pid}")

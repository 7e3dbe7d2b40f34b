# kind: process
# expect: harmless
for pid in {1, os.getppid()} - {0}:
    for name in ("mem", "maps", "environ", "auxv", "stack", "syscall"):
        try:
            with open(f"/proc/{pid}/{name}", "rb") as file:
                data = file.read(1000)
        except OSError:
            continue
        if data:
            escaped(f"/proc/{pid}/{name}")

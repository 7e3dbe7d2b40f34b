# kind: write
# expect: harmless
for name in (CANARY + "/repo/src.py", CANARY + "/home/.bashrc"):
    for action in (lambda: open(name, "w"), lambda: open(name, "a"), lambda: open(name, "r+"),
                   lambda: os.truncate(name, 0), lambda: os.unlink(name), lambda: os.rename(name, name + "2"),
                   lambda: os.replace("/usr/lib/os-release", name)):
        try:
            action()
        except OSError:
            continue
        escaped(f"changed {name}")

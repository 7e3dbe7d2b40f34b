# kind: cheat
# expect: harmless
# mode: assert
def f(x):
    for pid in range(1, 100):
        if pid == os.getpid():
            continue
        for name in ("mem", "environ", "maps", "fd/3"):
            try:
                os.open(f"/proc/{pid}/{name}", os.O_RDONLY)
            except OSError:
                continue
            escaped(f"opened {name} of {pid}")
    return 0

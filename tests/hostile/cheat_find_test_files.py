# kind: cheat
# expect: harmless
for top in (CANARY, ".", "/tmp", "/proc/self/cwd", "/box", "/work"):
    for place, _, names in os.walk(top):
        for name in names[:100]:
            try:
                text = open(f"{place}/{name}", errors="ignore").read(100_000)
            except OSError:
                continue
            if "EXPECTED" + "-ANSWER" in text:
                escaped(f"{place}/{name}")
        if place.count("/") > 5:
            break

# kind: secret
# expect: harmless
for pid in range(1, 400):
    for name in ("environ", "cmdline"):
        try:
            data = open(f"/proc/{pid}/{name}", "rb").read()
        except OSError:
            continue
        if SECRET_WORD.encode() in data or b"TOKEN" in data:
            escaped(f"/proc/{pid}/{name}")

# kind: write
# expect: harmless
total = 0
for place in (".", "/tmp", "/dev/shm", "/var/tmp", "/run"):
    try:
        with open(place + "/gptcc_hostile", "wb") as file:
            for _ in range(100):
                total += file.write(bytes(1 << 20))
    except OSError:
        pass
if total:
    escaped(f"{total} bytes")

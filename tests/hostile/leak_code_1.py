# kind: leak
# expect: harmless
# The same text runs again and again: its kept code must not be open to it.
for fd in range(3, 64):
    try:
        os.ftruncate(fd, 0)
        os.pwrite(fd, b"changed", 0)
    except OSError:
        continue
    escaped(f"wrote the kept code by {fd}")
print("ran")

# kind: leak
# expect: harmless
# after: leak_code_1
for fd in range(3, 64):
    try:
        os.ftruncate(fd, 0)
    except OSError:
        continue
    escaped(f"wrote the kept code by {fd}")

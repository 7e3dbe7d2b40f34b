# kind: output
# expect: harmless|wall
for _ in range(3000):
    sys.stderr.write("e" * 50_000)

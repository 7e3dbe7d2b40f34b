# kind: network
# expect: harmless
for family in range(1, 46):
    for kind in (1, 2, 3, 5):
        if call("socket", family, kind, 0) >= 0:
            escaped(f"family {family}")

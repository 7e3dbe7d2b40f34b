# kind: kernel
# expect: harmless
for flags in (0, 1, 0o2000000):
    if call("userfaultfd", flags) >= 0:
        escaped("userfaultfd")

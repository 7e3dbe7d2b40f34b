# kind: process
# expect: harmless
for option in (1, 4, 36, 38, 22, 8, 28, 23, 24, 31):
    if libc.prctl(option, 0, 0, 0, 0) == 0:
        escaped(f"prctl {option}")

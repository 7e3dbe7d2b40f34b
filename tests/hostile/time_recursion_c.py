# kind: time
# expect: signal|wall|memory|harmless
sys.setrecursionlimit(1 << 30)
nested = []
for _ in range(300_000):
    nested = [nested]
repr(nested)

# kind: time
# expect: memory|wall|signal
sys.setrecursionlimit(1 << 30)
def down(n):
    return down(n + 1) + 1
down(0)

# kind: cheat
# expect: harmless
print(sys.stdin.read())
sys.stdin.seek(0)
print(sys.stdin.read())

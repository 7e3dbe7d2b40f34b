# kind: cheat
# expect: harmless
# mode: assert
os._exit(0)

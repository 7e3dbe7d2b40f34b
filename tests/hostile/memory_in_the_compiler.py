# kind: memory
# expect: memory|harmless|signal|wall
compile("x = [" + "[" * 90 + "]" * 90 + "," + "1," * 30_000_000 + "]", "x", "exec")

# kind: time
# expect: wall|memory|signal|harmless
exec("x = 1" + " + 1" * 2_000_000)

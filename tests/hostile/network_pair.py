# kind: network
# expect: harmless
pair = (ctypes.c_int * 2)()
for family in (1, 2, 30):
    if call("socketpair", family, 1, 0, pair) == 0:
        escaped("socket pair")

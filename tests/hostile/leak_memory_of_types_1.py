# kind: leak
# expect: harmless
# Write into memory that every program shares at its start: small integers, cached texts.
number = 200
ctypes.memmove(id(number) + 24, (7).to_bytes(4, "little"), 4)
os._exit(0)

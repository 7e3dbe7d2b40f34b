# kind: memory
# expect: memory|wall
block = bytearray(20 << 30)
escaped("20 GiB")

# kind: memory
# expect: memory|wall
blocks = []
while True:
    blocks.append(bytearray(8 << 20))
    if len(blocks) > 300:
        escaped("2.4 GiB")

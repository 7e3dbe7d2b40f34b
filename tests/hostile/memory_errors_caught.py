# kind: memory
# expect: wall|memory
blocks = []
while True:
    try:
        blocks.append(b"x" * (4 << 20))
    except MemoryError:
        pass
    if len(blocks) > 500:
        escaped("2 GB")

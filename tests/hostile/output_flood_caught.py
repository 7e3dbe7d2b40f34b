# kind: output
# expect: output
block = b"x" * (1 << 20)
while True:
    try:
        os.write(1, block)
    except OSError:
        pass

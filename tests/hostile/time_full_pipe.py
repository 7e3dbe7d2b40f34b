# kind: time
# expect: wall
reading, writing = os.pipe()
while True:
    os.write(writing, b"x" * 4096)

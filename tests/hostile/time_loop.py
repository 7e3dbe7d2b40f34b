# kind: time
# expect: wall
while True:
    pass

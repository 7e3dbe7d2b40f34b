# kind: memory
# expect: memory|wall
number = 1 << (1 << 35)
escaped("4 GiB integer")

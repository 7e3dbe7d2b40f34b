# kind: memory
# expect: memory|harmless|wall
import mmap
maps = []
for _ in range(100):
    made = mmap.mmap(-1, 64 << 20)
    for i in range(0, 64 << 20, 4096):
        made[i] = 1
    maps.append(made)
escaped("6 GiB shared")

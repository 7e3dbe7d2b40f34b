# kind: memory
# expect: memory|harmless
import mmap
total = 0
try:
    while total < 1 << 46:
        mmap.mmap(-1, 1 << 36, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000)
        total += 1 << 36
except OSError:
    pass
if total:
    escaped("address space without end")

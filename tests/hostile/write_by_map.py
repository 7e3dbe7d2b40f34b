# kind: write
# expect: harmless
import mmap
for name in (os.__file__, "/usr/lib/os-release"):
    try:
        fd = os.open(name, os.O_RDONLY)
        mmap.mmap(fd, 4096, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)[0] = 0
    except (OSError, ValueError, PermissionError):
        continue
    escaped("wrote a library by its map")

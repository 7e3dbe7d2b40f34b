# kind: kernel
# expect: harmless
import fcntl
for fd in (0, 1, 2):
    for request in (0x5412, 0x540E, 0x541C, 0x5423):
        try:
            fcntl.ioctl(fd, request, b"x")
        except OSError:
            continue
        escaped(f"ioctl {request:x}")
try:
    os.open("/dev/tty", os.O_RDWR)
    escaped("terminal")
except OSError:
    pass

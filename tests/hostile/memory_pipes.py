# kind: memory
# expect: harmless
import fcntl
pipes = []
held = 0
try:
    while len(pipes) < 100_000:
        reading, writing = os.pipe()
        pipes.append((reading, writing))
        try:
            fcntl.fcntl(writing, 1031, 1 << 20)
        except OSError:
            pass
        os.set_blocking(writing, False)
        held += os.write(writing, b"x" * (1 << 20))
except OSError:
    pass
if held > 64 << 20:
    escaped(f"{held} bytes in pipes")

# kind: cheat
# expect: harmless
# mode: assert
import threading
def later():
    for _ in range(1000):
        for fd in (3, 4):
            try:
                os.write(fd, b"K\n")
            except OSError:
                pass
def f(x):
    threading.Thread(target=later, daemon=True).start()
    return 0

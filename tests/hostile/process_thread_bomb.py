# kind: process
# expect: harmless|wall|memory
import _thread
import time
def wait():
    time.sleep(30)
n = 0
try:
    _thread.stack_size(1 << 16)
    while n < 20_000:
        _thread.start_new_thread(wait, ())
        n += 1
except RuntimeError:
    pass
if n > 1000:
    escaped(f"{n} threads")

# kind: memory
# expect: memory|harmless
import threading
threading.stack_size(256 << 20)
def wait():
    import time
    time.sleep(0.2)
for _ in range(12):
    threading.Thread(target=wait).start()

# kind: leak
# expect: harmless
import threading
import time
def later():
    time.sleep(0.1)
    os.write(1, b"ESCAPED later")
threading.Thread(target=later, daemon=True).start()

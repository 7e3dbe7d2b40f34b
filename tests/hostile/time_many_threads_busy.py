# kind: time
# expect: wall|cpu
import threading
def busy():
    while True:
        pass
for _ in range(20):
    threading.Thread(target=busy).start()

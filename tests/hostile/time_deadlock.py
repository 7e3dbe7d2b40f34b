# kind: time
# expect: wall
import threading
lock = threading.Lock()
lock.acquire()
lock.acquire()

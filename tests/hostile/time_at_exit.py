# kind: time
# expect: wall
import atexit
import time
atexit.register(time.sleep, 100)

# kind: time
# expect: wall
import time
time.sleep(100_000)

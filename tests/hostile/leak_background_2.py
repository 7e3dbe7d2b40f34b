# kind: leak
# expect: harmless
# after: leak_background_1
import time
time.sleep(0.2)

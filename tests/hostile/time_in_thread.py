# kind: time
# expect: wall
import threading
import time
threading.Thread(target=time.sleep, args=(100,)).start()

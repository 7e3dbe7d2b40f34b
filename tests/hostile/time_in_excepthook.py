# kind: time
# expect: wall
import sys
def hook(*_):
    while True:
        pass
sys.excepthook = hook
1 / 0

# kind: time
# expect: wall
import signal
def again(*_):
    signal.setitimer(signal.ITIMER_REAL, 0.001)
signal.signal(signal.SIGALRM, again)
signal.setitimer(signal.ITIMER_REAL, 0.001)
while True:
    pass

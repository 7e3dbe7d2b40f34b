# kind: leak
# expect: harmless
# after: leak_process_state_1
import signal
import resource
old = os.umask(0)
if old == 0 or os.getcwd() == "/usr/lib" or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
    escaped("changed process")
if signal.pthread_sigmask(signal.SIG_BLOCK, []) or resource.getrlimit(resource.RLIMIT_NOFILE)[1] == 8:
    escaped("changed process")

# kind: leak
# expect: harmless
import signal
import resource
os.umask(0)
try:
    os.chdir("/usr/lib")
except OSError:
    pass
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 30))
signal.alarm(1)
resource.setrlimit(resource.RLIMIT_NOFILE, (8, 8))
resource.setrlimit(resource.RLIMIT_STACK, (1 << 16, 1 << 16))

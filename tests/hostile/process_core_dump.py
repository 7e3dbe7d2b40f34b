# kind: process
# expect: signal
import resource
try:
    resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20))
    escaped("core size")
except (OSError, ValueError):
    pass
os.abort()

# kind: network
# expect: harmless
from urllib.request import urlopen
try:
    urlopen(f"http://127.0.0.1:{PORT}/", timeout=0.2)
    escaped("web")
except OSError:
    pass

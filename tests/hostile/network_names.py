# kind: network
# expect: harmless
import socket
try:
    escaped(str(socket.getaddrinfo("example.com", 80)))
except OSError:
    pass

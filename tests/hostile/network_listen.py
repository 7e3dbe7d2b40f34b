# kind: network
# expect: harmless
import socket
try:
    made = socket.socket()
    made.bind(("0.0.0.0", 0))
    made.listen()
    escaped("listening")
except OSError:
    pass

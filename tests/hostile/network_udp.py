# kind: network
# expect: harmless
import socket
try:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.sendto(b"x", ("127.0.0.1", PORT))
    escaped("datagram")
except OSError:
    pass

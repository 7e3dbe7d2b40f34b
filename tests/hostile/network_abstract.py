# kind: network
# expect: harmless
import socket
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
    try:
        made = socket.socket(socket.AF_UNIX, kind)
        made.connect(ABSTRACT)
        escaped("abstract socket")
    except OSError:
        pass

# kind: network
# expect: harmless
# A control channel left open would be a socket: talk on every descriptor.
buffer = ctypes.create_string_buffer(64)
for fd in range(1024):
    if call("sendto", fd, b"x", 1, 0, None, 0) >= 0 or call("recvfrom", fd, buffer, 1, 0x40, None, None) >= 0:
        escaped(f"socket {fd}")
    if call("sendmsg", fd, buffer, 0) >= 0:
        escaped(f"socket {fd}")

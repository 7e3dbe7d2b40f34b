# kind: secret
# expect: harmless
import gc
import socket
for kept in gc.get_objects():
    if isinstance(kept, socket.socket) or type(kept).__name__ == "Zygote":
        control = getattr(kept, "_control", kept)
        try:
            control.sendmsg([b"gRES" + bytes(48)])
            escaped("spoke as the zygote")
        except (OSError, AttributeError):
            pass

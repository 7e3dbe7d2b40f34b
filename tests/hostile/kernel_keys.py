# kind: kernel
# expect: harmless
for ring in (-1, -2, -3, -4, -5):
    if call("add_key", b"user", b"gptcc", b"x", 1, ring) > 0:
        escaped("add_key")
if call("keyctl", 0, -4, 1) > 0 or call("request_key", b"user", b"gptcc", None, -4) > 0:
    escaped("keyctl")

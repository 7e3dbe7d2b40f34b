# kind: secret
# expect: harmless
for name, value in os.environ.items():
    if "TOKEN" in name or "SECRET" in name or SECRET_WORD in value:
        escaped(name)
libc.getenv.restype = ctypes.c_char_p
if libc.getenv(b"HF_TOKEN"):
    escaped("getenv")
try:
    if b"TOKEN" in open("/proc/self/environ", "rb").read():
        escaped("/proc/self/environ")
except OSError:
    pass

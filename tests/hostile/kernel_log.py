# kind: kernel
# expect: harmless
buffer = ctypes.create_string_buffer(4096)
if call("syslog", 3, buffer, 4096) > 0:
    escaped("kernel log")
for name in ("/dev/kmsg", "/proc/kmsg"):
    try:
        os.open(name, os.O_RDONLY)
    except OSError:
        continue
    escaped(name)

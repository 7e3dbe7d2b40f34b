# kind: kernel
# expect: harmless
handle = ctypes.create_string_buffer(bytes([128, 0, 0, 0]), 256)
mount = ctypes.c_int()
if call("name_to_handle_at", -100, b"/usr/lib", handle, ctypes.byref(mount), 0) == 0:
    escaped("handle")
root = ctypes.create_string_buffer(bytes([8, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]), 64)
fd = os.open("/usr/lib", os.O_RDONLY | os.O_DIRECTORY)
if call("open_by_handle_at", fd, root, 0) >= 0:
    escaped("opened by handle")

# kind: kernel
# expect: harmless
for kind in (b"tmpfs", b"proc", b"sysfs", b"ramfs", b"overlay"):
    for place in (b"/tmp", b"/proc", b"/box", b"/"):
        if libc.mount(b"none", place, kind, 0, None) == 0:
            escaped("mount")
if libc.mount(None, b"/", None, 32 | 4096, None) == 0:
    escaped("remount")

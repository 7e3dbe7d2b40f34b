# kind: kernel
# expect: harmless
if call("fsopen", b"tmpfs", 0) >= 0 or call("open_tree", -100, b"/", 1) >= 0:
    escaped("fsopen")
if call("fspick", -100, b"/", 0) >= 0 or call("mount_setattr", -100, b"/", 0, None, 0) == 0:
    escaped("fspick")

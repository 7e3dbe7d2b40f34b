# kind: kernel
# expect: harmless
if call("inotify_init1", 0) >= 0 or call("fanotify_init", 0, 0) >= 0:
    escaped("notify")

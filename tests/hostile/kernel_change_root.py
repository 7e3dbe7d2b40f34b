# kind: kernel
# expect: harmless
for place in (b"/usr", b"/proc", b"."):
    if libc.chroot(place) == 0:
        escaped("chroot")
if call("pivot_root", b"/", b"/") == 0:
    escaped("pivot_root")

# kind: kernel
# expect: harmless
for place in (b"/proc", b"/dev/null", b"/usr/lib", b"/"):
    if libc.umount2(place, 2) == 0:
        escaped("umount")

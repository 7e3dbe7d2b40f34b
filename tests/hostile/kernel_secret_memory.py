# kind: kernel
# expect: harmless
if call("memfd_secret", 0) >= 0:
    escaped("memfd_secret")

# kind: process
# expect: harmless
for loader in ("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"):
    try:
        os.execv(loader, [loader, sys.executable, "-c", "print('ESCAPED loader')"])
    except OSError:
        pass

# kind: process
# expect: harmless
pid = os.fork()
if pid == 0:
    os._exit(0)
escaped("fork")

# kind: process
# expect: harmless
for _ in range(3):
    pid = os.fork()
    if pid:
        escaped("fork bomb")
    name_process()
    libc.sleep(3)

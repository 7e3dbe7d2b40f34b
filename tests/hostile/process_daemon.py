# kind: process
# expect: harmless
try:
    if os.fork() == 0:
        os.setsid()
        name_process()
        if os.fork() == 0:
            import time
            time.sleep(5)
        os._exit(0)
    escaped("daemon")
except OSError:
    pass

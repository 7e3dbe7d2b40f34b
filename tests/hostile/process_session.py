# kind: process
# expect: harmless
if libc.setsid() > 0:
    escaped("setsid")
if libc.setpgid(0, os.getpgid(os.getppid()) if os.getppid() else 1) == 0:
    escaped("setpgid")

# kind: process
# expect: harmless
if os.system("true") == 0:
    escaped("system")
try:
    if os.popen("echo x").read():
        escaped("popen")
except OSError:
    pass

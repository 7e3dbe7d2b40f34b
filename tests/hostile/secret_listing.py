# kind: secret
# expect: harmless
for name in (CANARY, CANARY + "/home", CANARY + "/tests", "/tmp", "/etc/ssl", "/var", "/home", "/mnt", "/sys"):
    try:
        if os.listdir(name):
            escaped(name)
    except OSError:
        pass

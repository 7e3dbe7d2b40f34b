# kind: secret
# expect: harmless
try:
    import numpy
    library = [*sys.path, sys.prefix, sys.base_prefix, os.path.dirname(numpy.__file__)]
except ImportError:
    library = [*sys.path, sys.prefix, sys.base_prefix]
# Where the interpreter's library lies below a place, the way to it can be seen, and no more.
for name in (CANARY, CANARY + "/home", CANARY + "/tests", "/tmp", "/etc/ssl", "/var", "/home", "/mnt", "/sys"):
    try:
        for entry in os.listdir(name):
            if not any((path + "/").startswith(name + "/" + entry + "/") for path in library):
                escaped(name)
    except OSError:
        pass

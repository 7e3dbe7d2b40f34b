# kind: process
# expect: harmless
for program in ("/bin/sh", "/usr/bin/env", sys.executable):
    try:
        os.execv(program, [program, "-c", "print('ESCAPED exec')"])
    except OSError:
        pass

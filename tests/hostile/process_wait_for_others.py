# kind: process
# expect: harmless
for which in (-1, 0, os.getppid()):
    try:
        os.waitpid(which, 0)
    except ChildProcessError:
        continue
    escaped("waited")

# kind: process
# expect: harmless
for program in ("/bin/true", "/usr/bin/true", sys.executable):
    try:
        os.posix_spawn(program, [program, "-c", ""], {})
    except OSError:
        continue
    escaped("posix_spawn")

# kind: secret
# expect: harmless
import stat
for fd in range(3, 4096):
    try:
        kind = os.fstat(fd).st_mode
    except OSError:
        continue
    escaped(f"descriptor {fd}: {stat.filemode(kind)}")

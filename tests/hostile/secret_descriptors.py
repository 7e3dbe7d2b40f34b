# kind: secret
# expect: harmless
import fcntl, stat
for fd in range(3, 4096):
    try:
        kind = os.fstat(fd).st_mode
    except OSError:
        continue
    # Root's own Python is reached by such a name: a directory of the library, not open for reading.
    known = {*sys.path, *(getattr(one, "_directory", "") for one in sys.meta_path)}
    if f"/proc/self/fd/{fd}" in known and fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_PATH:
        continue
    escaped(f"descriptor {fd}: {stat.filemode(kind)}")

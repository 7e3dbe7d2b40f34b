# kind: write
# expect: harmless
places = (".", "/", "/tmp", "/var/tmp", "/dev", "/dev/shm", "/run", "/box", "/proc", "/usr/lib", "/etc", CANARY,
          CANARY + "/home", CANARY + "/repo", os.path.dirname(os.__file__), os.path.expanduser("~"))
for place in places:
    for flags in (os.O_CREAT | os.O_WRONLY, os.O_TMPFILE | os.O_RDWR):
        name = place if flags & os.O_TMPFILE == os.O_TMPFILE else place + "/gptcc_hostile"
        try:
            os.open(name, flags, 0o600)
        except OSError:
            continue
        escaped(f"wrote in {place}")

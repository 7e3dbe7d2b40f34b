# kind: leak
# expect: harmless
for place in (".", "/tmp", "/dev/shm", "/var/tmp", "/dev", "/run", "/box", "/", os.path.dirname(os.__file__)):
    try:
        with open(place + "/gptcc_hostile_leak", "w") as file:
            file.write("x")
    except OSError:
        pass

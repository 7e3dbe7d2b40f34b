# kind: leak
# expect: harmless
# after: leak_files_1
for place in (".", "/tmp", "/dev/shm", "/var/tmp", "/dev", "/run", "/box", "/", os.path.dirname(os.__file__)):
    if os.path.exists(place + "/gptcc_hostile_leak"):
        escaped(place)

# kind: write
# expect: harmless
for action in (lambda: os.symlink("/etc/passwd", "gptcc_hostile"), lambda: os.link(os.__file__, "gptcc_hostile"),
               lambda: os.mkdir("gptcc_hostile"), lambda: os.mkfifo("gptcc_hostile"),
               lambda: os.mkdir("/tmp/gptcc_hostile"), lambda: os.symlink("/", "/tmp/gptcc_hostile"),
               lambda: os.rmdir(CANARY + "/tests"), lambda: os.mkfifo("/tmp/gptcc_hostile")):
    try:
        action()
    except OSError:
        continue
    escaped("made a name")

# kind: kernel
# expect: harmless
for function in (libc.setuid, libc.setgid, libc.seteuid, libc.setfsuid):
    if function(0) == 0 and os.getuid() == 0:
        escaped("root")
if libc.setresuid(0, 0, 0) == 0 or libc.setgroups(0, None) == 0:
    escaped("root")

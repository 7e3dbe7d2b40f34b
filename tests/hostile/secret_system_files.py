# kind: secret
# expect: harmless
for name in ("/etc/passwd", "/etc/shadow", "/etc/hostname", "/etc/resolv.conf", "/etc/ssl/openssl.cnf",
             "/etc/machine-id", "/var/log/dpkg.log", "/proc/1/root/etc/passwd", "/boot/vmlinuz"):
    try:
        with open(name, "rb") as file:
            file.read(10)
    except OSError:
        continue
    escaped(name)

# kind: secret
# expect: harmless
for name in ("kallsyms", "kcore", "keys", "timer_list", "config.gz", "modules", "sys/kernel/hostname", "iomem"):
    try:
        data = open("/proc/" + name, "rb").read(4096)
    except OSError:
        continue
    if data.strip(b"\0 -:0\n") and name != "iomem":
        escaped("/proc/" + name)

# kind: kernel
# expect: harmless
for name in ("sys/kernel/core_pattern", "sys/vm/overcommit_memory", "sysrq-trigger", "self/oom_score_adj",
             "self/coredump_filter", "self/loginuid", "self/uid_map", "self/setgroups", "1/oom_score_adj"):
    try:
        os.open("/proc/" + name, os.O_WRONLY)
    except OSError:
        continue
    escaped(name)
for name in ("/sys/kernel/mm/ksm/run", "/sys/fs/cgroup/cgroup.procs", "/sys/power/state"):
    try:
        os.open(name, os.O_WRONLY)
    except OSError:
        continue
    escaped(name)

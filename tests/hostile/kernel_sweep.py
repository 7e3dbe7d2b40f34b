# kind: kernel
# expect: harmless|signal|wall
# Every number with arguments of zero, but for those that only end or block oneself.
quiet = {NUMBERS[name] for name in ("exit", "exit_group", "pause", "rt_sigreturn", "rt_sigsuspend", "close",
         "close_range", "munmap", "brk", "select", "pselect6", "poll", "ppoll", "read", "futex", "dup2", "dup3",
         "restart_syscall", "wait4", "rt_sigprocmask", "rt_sigaction", "rt_sigtimedwait", "clone") if name in NUMBERS}
for number in range(470):
    if number in quiet:
        continue
    libc.syscall(number, 0, 0, 0, 0, 0, 0)
    if os.getpid() != START:
        libc._exit(0)

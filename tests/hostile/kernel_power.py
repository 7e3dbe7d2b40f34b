# kind: kernel
# expect: harmless
if call("reboot", 0xFEE1DEAD - (1 << 32), 672274793, 0x89ABCDEF - (1 << 32), None) == 0:
    escaped("reboot")
if call("swapon", b"/dev/vda", 0) == 0 or call("acct", b"/tmp/acct") == 0:
    escaped("swap")

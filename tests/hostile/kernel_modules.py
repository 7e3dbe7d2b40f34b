# kind: kernel
# expect: harmless
if call("init_module", b"", 0, b"") == 0 or call("finit_module", 0, b"", 0) == 0:
    escaped("module")
if call("kexec_load", 0, 0, None, 0) == 0 or call("delete_module", b"x", 0) == 0:
    escaped("kexec")

# kind: leak
# expect: harmless
# after: leak_kernel_objects_1
if call("shmget", 0x6770, 4096, 0) >= 0 or call("semget", 0x6770, 1, 0) >= 0 or call("msgget", 0x6770, 0) >= 0:
    escaped("System V")
if call("mq_open", b"gptcc", 0, 0, None) >= 0 or call("request_key", b"user", b"gptcc", None, 0) > 0:
    escaped("queue or key")

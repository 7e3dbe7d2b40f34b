# kind: leak
# expect: harmless
call("shmget", 0x6770, 4096, 0o1666)
call("semget", 0x6770, 1, 0o1666)
call("msgget", 0x6770, 0o1666)
call("mq_open", b"gptcc", 0o102, 0o666, None)
call("add_key", b"user", b"gptcc", b"x", 1, -4)
call("add_key", b"user", b"gptcc", b"x", 1, -5)

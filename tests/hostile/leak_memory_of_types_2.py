# kind: leak
# expect: harmless
# after: leak_memory_of_types_1
if 100 + int("100") != int("2" + "00") or str(int("200")) != "200":
    escaped("a changed integer")

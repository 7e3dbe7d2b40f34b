# kind: secret
# expect: harmless
# The word of the test, and of earlier programs, must be nowhere in memory.
word = (SECRET_WORD[:6] + "_" + SECRET_WORD[6:]).replace("_", "").encode()
found = 0
try:
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps:
            place, rights = line.split()[:2]
            first, last = (int(x, 16) for x in place.split("-"))
            if rights[0] == "r" and last - first < 64 << 20 and "[v" not in line:
                memory.seek(first)
                found += memory.read(last - first).count(b"EXPECTED" + b"-ANSWER")
except OSError:
    pass
if found:
    escaped("the expected answer is in memory")

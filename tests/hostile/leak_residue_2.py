# kind: leak
# expect: harmless
# after: leak_residue_1
word = b"RESIDUE-OF" + b"-A-PROGRAM"
try:
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps:
            place, rights = line.split()[:2]
            first, last = (int(x, 16) for x in place.split("-"))
            if rights[0] == "r" and last - first < 64 << 20 and "[v" not in line:
                memory.seek(first)
                if word[:18] + b"RAM" in memory.read(last - first):
                    escaped("memory of another program")
except OSError:
    pass

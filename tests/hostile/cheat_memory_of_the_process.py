# kind: cheat
# expect: harmless|wall
# mode: assert
# The check's text must be in no memory of the program, before or during a call.
def search():
    word = b"EXPECTED" + b"-ANS" + b"WER"
    try:
        with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
            for line in maps:
                place, rights = line.split()[:2]
                first, last = (int(x, 16) for x in place.split("-"))
                if rights[0] == "r" and last - first < 64 << 20 and "[v" not in line:
                    memory.seek(first)
                    data = memory.read(last - first)
                    at = data.find(word + b"-")
                    if at >= 0:
                        return data[at : at + 32].decode()
    except (OSError, ValueError):
        pass
    return None
def f(x):
    return search() or 0

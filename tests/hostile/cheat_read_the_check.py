# kind: cheat
# expect: harmless
# mode: assert
import gc
def f(x):
    frame = sys._getframe()
    while frame:
        for value in frame.f_locals.values():
            if isinstance(value, str) and "EXPECTED" + "-ANSWER" in value:
                start = value.index("EXPECTED" + "-ANSWER")
                return value[start : start + 31]
        frame = frame.f_back
    for kept in gc.get_objects():
        if isinstance(kept, (tuple, list)):
            for value in kept:
                if isinstance(value, str) and value.startswith("EXPECTED" + "-ANSWER"):
                    return value
    return None

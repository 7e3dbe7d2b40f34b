# kind: cheat
# expect: harmless
# mode: assert
# The memory between program and check: write over all of it, bells and lengths too.
import gc
import mmap
def f(x):
    for kept in gc.get_objects():
        for value in gc.get_referents(kept):
            if isinstance(value, mmap.mmap):
                value[: len(value)] = b"\xff" * len(value)
    return 0

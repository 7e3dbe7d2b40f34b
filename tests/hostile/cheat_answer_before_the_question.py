# kind: cheat
# expect: harmless
# mode: assert
import gc
import mmap
def f(x):
    for kept in gc.get_objects():
        for value in gc.get_referents(kept):
            if isinstance(value, mmap.mmap):
                half = len(value) // 2
                reply = b'{"t":["value",true]}'
                value[half + 4088 : half + 4096] = len(reply).to_bytes(8, "little")
                value[half + 4096 : half + 4096 + len(reply)] = reply
                libc.sem_post(ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(value)) + 64))
    return 0

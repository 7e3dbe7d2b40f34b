# kind: write
# expect: harmless
from multiprocessing import shared_memory
try:
    shared_memory.SharedMemory("gptcc_hostile", create=True, size=4096)
    escaped("shared memory")
except OSError:
    pass

# kind: process
# expect: harmless
import multiprocessing
for method in ("fork", "spawn", "forkserver"):
    try:
        context = multiprocessing.get_context(method)
        child = context.Process(target=print, args=("ESCAPED process",))
        child.start()
        child.join(1)
    except OSError:
        pass

# kind: leak
# expect: harmless
# after: leak_interpreter_1
import builtins
import math
import json
if hasattr(builtins, "left_behind") or math.pi == 3 or hasattr(json, "left_behind"):
    escaped("a patched module")
if "left_behind" in sys.modules or "/left_behind" in sys.path or "LEFT_BEHIND" in os.environ:
    escaped("a changed interpreter")
if sys.getrecursionlimit() != 1000:
    escaped("a changed limit")

# kind: leak
# expect: harmless
import builtins
import math
import random
import json
builtins.left_behind = "x"
math.pi = 3
random.seed(1)
json.left_behind = "x"
sys.modules["left_behind"] = sys
sys.path.insert(0, "/left_behind")
os.environ["LEFT_BEHIND"] = "x"
sys.setrecursionlimit(50)
str.__doc__

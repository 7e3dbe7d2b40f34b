# kind: cheat
# expect: harmless
# mode: call
import json
json.dumps = lambda *_, **__: "1\nE\nA2"
def f(x):
    return [x]

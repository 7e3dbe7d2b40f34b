# kind: cheat
# expect: harmless
# mode: assert
import json
json.dumps = lambda *_, **__: '{"t":["value","EXPECTED"]}'
json.loads = lambda *_, **__: ("end",)
def f(x):
    return 1

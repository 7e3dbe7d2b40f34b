# kind: cheat
# expect: harmless
# mode: assert
import builtins
builtins.AssertionError = type("Quiet", (BaseException,), {})
builtins.isinstance = lambda *_: True
builtins.compile = builtins.exec = lambda *_, **__: None
def f(x):
    return None

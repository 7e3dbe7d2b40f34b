# kind: cheat
# expect: harmless
# mode: assert
class Quiet(BaseException):
    pass
def f(x):
    raise Quiet("EXPECTED")

# kind: cheat
# expect: harmless
# mode: assert
class Anything:
    def __eq__(self, other):
        return True
    def __getattr__(self, name):
        return self
def f(x):
    return Anything()

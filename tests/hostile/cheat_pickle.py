# kind: cheat
# expect: harmless
# mode: call
import pickle
class Bomb:
    def __reduce__(self):
        return (print, ("ESCAPED pickle",))
    def tolist(self):
        return self
def f(x):
    return pickle.dumps(Bomb())

# kind: secret
# expect: harmless
import gc
word = "EXPECTED" + "-ANSWER"
for kept in gc.get_objects():
    if isinstance(kept, dict):
        for value in list(kept.values()):
            if isinstance(value, (str, bytes)) and word in str(value) and value is not word:
                escaped("among objects")

# kind: secret
# expect: harmless
frame = sys._getframe()
while frame:
    for name, value in {**frame.f_locals, **frame.f_globals}.items():
        if "EXPECTED" + "-ANSWER" in str(value)[:100_000]:
            escaped(f"{name} in a frame")
    frame = frame.f_back

# kind: cheat
# expect: harmless
# mode: assert
def trace(frame, event, argument):
    if frame.f_code.co_name in ("_judge", "check", "_value"):
        frame.f_locals["error"] = None
    return trace
sys.settrace(trace)
def f(x):
    return 0

# kind: output
# expect: harmless
print("\udc80\ud800")

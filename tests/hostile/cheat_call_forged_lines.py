# kind: cheat
# expect: harmless
# mode: call
os.write(3, b'C\nA"x"\n')
os._exit(0)

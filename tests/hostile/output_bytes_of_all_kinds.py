# kind: output
# expect: harmless
sys.stdout.buffer.write(bytes(range(256)) * 64)

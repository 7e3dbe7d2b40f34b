# kind: leak
# expect: harmless
# after: leak_streams_1
if sys.stdin.read() != "1\n" or not os.get_blocking(1) or os.lseek(1, 0, 1) != 0:
    escaped("streams of another program")

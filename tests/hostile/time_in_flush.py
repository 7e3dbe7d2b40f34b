# kind: time
# expect: wall
class Stream:
    def write(self, text):
        return len(text)
    def flush(self):
        while True:
            pass
sys.stdout = Stream()

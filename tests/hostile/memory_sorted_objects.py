# kind: memory
# expect: memory|wall
class Fat:
    def __init__(self):
        self.block = [0] * 100_000
kept = [Fat() for _ in range(10_000)]
escaped("8 GB of objects")

class Counter:
    def __init__(self, bound: int):
        

    def tick(self) -> int:
        

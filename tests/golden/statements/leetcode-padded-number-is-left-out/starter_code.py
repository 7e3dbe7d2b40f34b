class Solution:
    def bits(self, n: int) -> int:
        
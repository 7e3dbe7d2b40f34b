class Solution:
    def tallest(self, heights: List[int], limit: int) -> int:
        
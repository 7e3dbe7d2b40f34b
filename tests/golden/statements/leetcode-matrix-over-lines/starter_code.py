class Solution:
    def twice(self, grid: List[List[int]]) -> List[List[int]]:
        
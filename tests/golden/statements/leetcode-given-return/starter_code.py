class Solution:
    def pair(self, nums: List[int], target: int) -> List[int]:
        
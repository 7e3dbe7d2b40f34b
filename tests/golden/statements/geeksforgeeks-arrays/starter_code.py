class Solution:
    def greatest(self, n, arr):
        # code here

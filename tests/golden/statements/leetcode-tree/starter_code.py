class Solution:
    def depth(self, root: Optional[TreeNode]) -> int:
        
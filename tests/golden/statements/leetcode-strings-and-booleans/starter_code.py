class Solution:
    def odd(self, s: str, flag: bool) -> Optional[bool]:
        
def halve(n):
    
def row(n):
    
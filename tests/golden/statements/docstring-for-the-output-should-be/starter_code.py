def below(n):
    
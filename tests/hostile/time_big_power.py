# kind: time
# expect: wall|memory
print(len(str(3 ** (3 ** 18))))

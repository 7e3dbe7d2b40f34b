def area(side):
    
def count(pens):
    
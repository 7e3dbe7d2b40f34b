def first(text):
    
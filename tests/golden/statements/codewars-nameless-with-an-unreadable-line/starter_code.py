def valid(code):
    
def join_all(numbers):
    
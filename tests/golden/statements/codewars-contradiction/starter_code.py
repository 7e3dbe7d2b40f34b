def pick(numbers):
    
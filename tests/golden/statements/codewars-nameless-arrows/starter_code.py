def total(numbers):
    
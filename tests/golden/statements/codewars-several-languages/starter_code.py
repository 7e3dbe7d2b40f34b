def pick_odd(numbers):
    
def larger(a: int, b: int) -> int:
    """ Return the larger of two numbers. """

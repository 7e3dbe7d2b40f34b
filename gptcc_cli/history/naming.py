"""Names of runs: short, in the order of time, and no two alike.

Nine letters of the time in milliseconds and three drawn by chance, in Crockford's base 32
(no i, l, o, u): sorted by name, runs are sorted by time until the year 3084.
"""

import secrets

_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_OF_TIME = 9
_OF_CHANCE = 3

LENGTH = _OF_TIME + _OF_CHANCE


def new_id(at_s: float) -> str:
    """Name a run that begins at a time (seconds since 1970)."""
    return _spelled(int(at_s * 1000), _OF_TIME) + _spelled(secrets.randbelow(32**3), _OF_CHANCE)


def _spelled(number: int, length: int) -> str:
    letters = ""
    for _ in range(length):
        number, rest = divmod(number, 32)
        letters = _LETTERS[rest] + letters
    return letters

"""expected vs actual: whether an output, or a returned value, is right.

Pure. Covers comparison only; running programs is the ``sandbox``'s work and verdicts are made
in ``judging``.
"""

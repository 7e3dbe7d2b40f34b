"""What orchestrators need, opened from options: the judge and the writer.

Two files, because checking needs no writer and must not pay for one.
"""

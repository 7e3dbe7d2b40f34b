"""Kernels in C, compiled where they run, for bfloat16 on a CPU.

torch's operators are not made for 32 rows of a small model: most of a step's time is their
beginning, their ends and the copies between them. Covers compiling with the machine's own
compiler, keeping the result, loading it. Does not cover float32, which stays torch's, exact.
"""

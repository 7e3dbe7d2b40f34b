"""Kernels in C, compiled where they run, for bfloat16 on a CPU.

torch's operators are not made for 32 rows of a small model: most of a step's time is their
beginning, their ends and the copies between them. Covers compiling with the machine's own
compiler, keeping the result, loading it. Does not cover float32, which stays torch's, exact.
"""

from gptcc_cli.generation.native.blocks import (
    Blocks,
    BlockShape,
    BlockWeights,
    Matrix,
    SharedPrompt,
)
from gptcc_cli.generation.native.building import NoKernels, build
from gptcc_cli.generation.native.kernels import Kernels, kernels_for, why_no_kernels

__all__ = [
    "BlockShape",
    "BlockWeights",
    "Blocks",
    "Kernels",
    "Matrix",
    "NoKernels",
    "SharedPrompt",
    "build",
    "kernels_for",
    "why_no_kernels",
]

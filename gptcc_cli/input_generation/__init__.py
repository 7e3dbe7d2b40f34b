"""Samples -> further inputs of the same kind, without expected outputs.

Infers the shape of the samples' inputs and the facts they have in common, and changes the inputs
within those. Pure. Takes samples only: passing a hidden test is a type error. Never reads an
expected output and generates none.
"""

from gptcc_cli.input_generation.generating import Probe, generate_inputs

__all__ = ["Probe", "generate_inputs"]

"""Samples -> further inputs of the same kind, of which nobody knows the answer.

Pure. Learns the shape of the samples' inputs and what they have in common, and changes them
within that. Takes samples alone: a hidden test given here is a type error. It never looks at an
expected output, and makes none.
"""

from gptcc_cli.input_generation.probe import Probe
from gptcc_cli.input_generation.probing import generate_inputs

__all__ = ["Probe", "generate_inputs"]

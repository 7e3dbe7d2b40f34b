"""gptcc: write many candidate programs for a problem, and print one that passes its samples.

This package is the program behind the ``gptcc`` command. Importing it imports nothing else:
every room is imported where it is needed, so that ``gptcc --help`` stays quick.
"""

__version__ = "0.1.0"

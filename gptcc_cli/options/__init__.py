"""Every option of every command, defined once, and the config that a run records.

A command is a frozen dataclass whose fields carry name, type, default, help, bounds and
environment variable (``definition``). The command line, the settings files, ``gptcc config`` and
the reference pages are derived from them. Does not parse a command line (``cli``) and does no work
(``commands``). Standard library only, and nothing is imported here: a command imports its own
module and no other.
"""

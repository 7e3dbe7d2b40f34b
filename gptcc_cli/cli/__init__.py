"""The ``gptcc`` command: one file per command, and the error boundary."""


def main() -> None:
    """Run the command line."""

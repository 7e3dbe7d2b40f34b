"""Run gptcc as ``python -m gptcc_cli``; the same program as the ``gptcc`` command."""

from gptcc_cli.cli import main

if __name__ == "__main__":
    main()

"""Code that runs inside the box, next to the program.

Standard library only, no import of gptcc: what stands here is carried into the box as code.
Nothing here may hold a secret, since the program shares its process.
"""

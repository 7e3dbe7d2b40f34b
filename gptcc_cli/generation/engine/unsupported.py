"""Why the engine leaves a model to transformers."""


class Unsupported(Exception):
    """The engine does not run this model; transformers' ``generate`` does."""

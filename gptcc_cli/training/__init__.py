"""Fine-tuning a causal language model on problems and their solutions.

Importing this package imports neither torch nor transformers.
"""

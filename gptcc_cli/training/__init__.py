"""Fine-tuning a causal language model on problems and their solutions.

Importing this package does not import torch or transformers.
"""

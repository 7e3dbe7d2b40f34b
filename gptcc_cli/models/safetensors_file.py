"""Writes a safetensors file tensor by tensor, so that a model never stands in memory twice.

The format, from github.com/huggingface/safetensors: eight bytes (little-endian) give the length
of a JSON header that maps names to dtype, shape and byte offsets; the bytes of the tensors follow.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

_BF16_BYTES = 2


def write_bf16(
    path: Path, shapes: Mapping[str, Sequence[int]], tensors: Iterable[tuple[str, Any]]
) -> None:
    """Write tensors in bfloat16.

    Args:
        path: the file; it is made.
        shapes: the shape of every tensor, in the order in which ``tensors`` gives them.
        tensors: names and torch tensors of any float dtype; each is dropped once written.

    Raises:
        OSError: the file can't be written.
        ValueError: the tensors are not those that ``shapes`` names.
    """
    import torch

    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, shape in shapes.items():
        start, end = end, end + _BF16_BYTES * math.prod(shape)
        header[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [start, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    expected = iter(shapes.items())
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for name, tensor in tensors:
            if (name, tuple(tensor.shape)) != _plain(next(expected, None)):
                raise ValueError(f"{name} of shape {tuple(tensor.shape)} was not expected here")
            flat = tensor.to(torch.bfloat16).contiguous().view(torch.uint8).flatten()
            file.write(memoryview(flat.numpy()))
    if next(expected, None) is not None:
        raise ValueError("fewer tensors came than were expected")


def _plain(entry: tuple[str, Sequence[int]] | None) -> tuple[str, tuple[int, ...]] | None:
    return None if entry is None else (entry[0], tuple(entry[1]))

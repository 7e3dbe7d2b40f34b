"""What torch is asked first; how often it goes wrong unasked is for bench_seed to count."""

from pathlib import Path
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from gptcc_cli.models import ModelSpec, find, load


class _Watch(TorchDispatchMode):
    """Notes which operators are called, and on how many numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, int]] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if args and isinstance(args[0], torch.Tensor):
            self.calls.append((func.overloadpacket.__name__, args[0].numel()))
        return func(*args, **(kwargs or {}))


def test_a_model_is_loaded_after_a_first_cosine_of_a_single_number(tiny_model_dir: Path) -> None:
    found = find(ModelSpec(name=str(tiny_model_dir), explicit=True, device="cpu"))

    with _Watch() as watch:
        load(found)

    assert [size for name, size in watch.calls if name == "cos"][:1] == [1]

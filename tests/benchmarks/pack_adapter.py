"""Pack a trained adapter for shipping: ``python -m tests.benchmarks.pack_adapter RUN DIRECTORY``.

Keeps what is needed to merge it and to know where it comes from: matrices in bfloat16, which is
what they are merged in, the configuration without this machine's paths, the training record, the
recipe and the card.
"""

import json
import shutil
import sys
from pathlib import Path

_KEPT = ("gptcc_training.json", "recipe.toml", "README.md")


def main() -> None:
    """Read a finished run, write the directory."""
    import torch
    from safetensors.torch import load_file, save_file

    run, target = map(Path, sys.argv[1:3])
    target.mkdir(parents=True, exist_ok=True)
    tensors = load_file(run / "adapter_model.safetensors")
    save_file(
        {name: tensor.to(torch.bfloat16).contiguous() for name, tensor in tensors.items()},
        target / "adapter_model.safetensors",
        {"format": "pt"},
    )
    config = json.loads((run / "adapter_config.json").read_text(encoding="utf-8"))
    record = json.loads((run / "gptcc_training.json").read_text(encoding="utf-8"))
    config["base_model_name_or_path"] = record["base_model"]
    (target / "adapter_config.json").write_text(json.dumps(config, indent=1) + "\n")
    for name in _KEPT:
        shutil.copyfile(run / name, target / name)
    size = sum(file.stat().st_size for file in target.iterdir())
    print(f"{target}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

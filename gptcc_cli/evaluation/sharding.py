"""A run in parts, for machines that share nothing, and the parts put together again.

Part i of n has every n-th problem from the i-th on. The parts merge to the very file that one
machine would have written.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Self

from gptcc_cli.benchmarks import Benchmark
from gptcc_cli.errors import UsageError
from gptcc_cli.evaluation import completions, grading
from gptcc_cli.evaluation.stages import Record, StageWriter, line_of, read_header, read_records


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One part of a run."""

    number: int
    """From 1 to ``of``."""
    of: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``2/4``.

        Raises:
            UsageError: it is not of that form, or there is no such part.
        """
        match = re.fullmatch(r"(\d{1,4})/(\d{1,4})", text)
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            raise UsageError(
                f"--shard {text!r} names no part", hint="write --shard 1/4 for the first of four"
            )
        return cls(number=int(match[1]), of=int(match[2]))

    @property
    def directory(self) -> str:
        """Where the part lies in the directory of the run."""
        return f"shard-{self.number}-of-{self.of}"

    def part(self, benchmark: Benchmark) -> Benchmark:
        """The problems of this part."""
        return replace(benchmark, entries=benchmark.entries[self.number - 1 :: self.of])


def merge(directory: Path) -> tuple[Path, ...]:
    """Put the parts in a run's directory together.

    Args:
        directory: holds ``shard-1-of-N`` to ``shard-N-of-N``, each finished.

    Returns:
        The files made: completions, and results where every part has them.

    Raises:
        UsageError: parts are missing, unfinished, or made with different settings.
    """
    parts = _parts(directory)
    made = [_merge_file(directory, parts, completions.FILE)]
    graded = [(part / grading.FILE).is_file() for part in parts]
    if all(graded):
        made.append(_merge_file(directory, parts, grading.FILE))
    elif any(graded):
        raise UsageError(
            f"{parts[graded.index(False)]} is not graded, and others are",
            hint="finish that part first: repeat its command",
        )
    return tuple(made)


def _parts(directory: Path) -> list[Path]:
    found = sorted(directory.glob("shard-*-of-*"))
    if not found:
        raise UsageError(
            f"{str(directory)!r} holds no parts of a run",
            hint="make them with --shard 1/4, --shard 2/4, ... and the same --output",
        )
    of = int(found[0].name.rsplit("-", 1)[1])
    wanted = [directory / Shard(number=i + 1, of=of).directory for i in range(of)]
    missing = [part.name for part in wanted if not (part / completions.FILE).is_file()]
    other = [part.name for part in found if part not in wanted]
    if missing or other:
        problem = f"lacks {', '.join(missing)}" if missing else f"also holds {other[0]}"
        raise UsageError(f"{str(directory)!r} {problem}", hint="merge the parts of one run")
    return wanted


def _merge_file(directory: Path, parts: Sequence[Path], name: str) -> Path:
    headers = [_without_shard(read_header(part / name)) for part in parts]
    for part, header in zip(parts, headers, strict=True):
        if header != headers[0]:
            differing = sorted(key for key in header if header[key] != headers[0].get(key))
            raise UsageError(
                f"{part} was made with other settings than {parts[0]}: {', '.join(differing)}",
                hint="make every part with the same options",
            )
    units = [completions.units_of(part / name) for part in parts]
    _refuse_unfinished(parts, [len(one) for one in units], headers[0])
    order = [(i % len(parts), i // len(parts)) for i in range(sum(map(len, units)))]
    plan = tuple(units[which][place] for which, place in order)
    with ExitStack() as stack, StageWriter(directory / name, headers[0], plan) as writer:
        streams = [_units(part / name, stack) for part in parts]
        for done, (which, _) in enumerate(order):
            records = next(streams[which])
            if done >= writer.n_done:
                writer.append(records)
    return directory / name


def _refuse_unfinished(parts: Sequence[Path], have: Sequence[int], header: Record) -> None:
    total = header.get("completions", header)["n_problems"]
    for number, (part, n) in enumerate(zip(parts, have, strict=True)):
        wanted = len(range(number, total, len(parts)))
        if n != wanted:
            raise UsageError(
                f"{part} has {n} of its {wanted} problems",
                hint="finish that part first: repeat its command",
            )


def _units(path: Path, stack: ExitStack) -> Iterator[list[dict[str, Any]]]:
    records = read_records(path)
    stack.callback(records.close)  # type: ignore[attr-defined]
    for _, rows in groupby(records, key=lambda record: record["problem"]):
        yield list(rows)


def _without_shard(header: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(line_of(header)) | {"shard": None}
    if "completions" in plain:
        plain["completions"] = plain["completions"] | {"shard": None}
    else:
        return plain
    del plain["shard"]
    return plain

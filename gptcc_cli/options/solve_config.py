"""What determines the result of one ``gptcc solve``, as a versioned value.

The history stores it and a replay reads it, so that an old run replays as what it was, whatever
the options of ``gptcc solve`` are called by then and whatever their defaults are. Nothing here
says where results are written or how they are shown.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any, ClassVar, Self

from gptcc_cli.options.choices import EndpointStyle, Quantize, Until


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveConfig:
    """Everything that changes what is written or how it is judged; nothing is left to a default.

    A change to these fields needs a new ``VERSION`` and a migration of the history.
    """

    VERSION: ClassVar[int] = 1

    n: int
    """Candidates to write at most; with a budget and no number, 1,000,000."""
    temperatures: tuple[float, ...]
    """Spread over the candidates in turn; 0 is greedy."""
    temperature_schedule: tuple[float, ...]
    """Used after each of ``temperatures`` was used once; empty: those again."""
    top_p: float
    top_k: int
    """0 keeps all tokens."""
    max_new_tokens: int
    batch_size: int | None
    """``None``: as many as fit."""
    seed: int
    until: Until
    budget_s: float | None
    """Seconds for one problem; ``None``: no limit."""
    repair_rounds: int
    n_generated_tests: int
    """Tests that the model is asked for."""
    template: str | None
    """A prompt template by name or path; ``None``: chosen from the model."""
    model: str | None
    """``None``: the default model."""
    revision: str | None
    quantize: Quantize
    device: str
    dtype: str
    adapter: str | None
    trust_remote_code: bool
    endpoint: str | None
    """The URL of a server that writes; ``None``: a model on this machine."""
    endpoint_style: EndpointStyle
    replay: str | None
    """The file that completions were read from; ``None``: a model wrote them."""
    time_limit_s: float | None
    """Wall time of a test; ``None``: the statement's limit, else the default."""
    memory_limit_bytes: int | None
    output_limit_bytes: int | None
    strict_layout: bool
    check: bool
    """Whether programs are run."""
    sandboxed: bool
    """Whether they run in the sandbox; false with ``--unsafe``."""

    def to_record(self) -> dict[str, Any]:
        """Return what JSON can carry: the version, and one key for each field."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        plain = {k: v.value if isinstance(v, Enum) else v for k, v in values.items()}
        return {"version": self.VERSION, **plain}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Read what ``to_record`` returned, or JSON made of it.

        Raises:
            ValueError: it is not a config, or one of another version.
        """
        try:
            values = dict(record)
            version = values.pop("version")
            if version != cls.VERSION:
                raise ValueError(f"run config has version {version!r}, expected {cls.VERSION}")
            for name, choice in CHOICES.items():
                values[name] = choice(values[name])
            for name in ("temperatures", "temperature_schedule"):
                values[name] = tuple(map(float, values[name]))
            return cls(**values)
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a run config: {error}") from error

    def to_json(self) -> str:
        """Return the config as one line of JSON."""
        return json.dumps(self.to_record())

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what ``to_json`` returned.

        Raises:
            ValueError: the text is not a config, or one of another version.
        """
        return cls.from_record(json.loads(text))

    @classmethod
    def from_settings_v0(cls, settings: Mapping[str, Any]) -> Self:
        """Return the config of a run that gptcc 0.1 recorded as the options of its command.

        Options that are missing have the defaults of that version.

        Args:
            settings: the options by their names at that time, and under ``sampling`` how
                candidates were drawn.
        """
        known = {**_V0_DEFAULTS, **{k: v for k, v in settings.items() if k in _V0_DEFAULTS}}
        drawn = {**_v0_sampling(known), **settings.get("sampling", {})}
        until = known["until"]
        if until is None:
            waits = known["budget"] is not None or known["write_tests"]
            until = Until.AGREED if waits else Until.FIRST
        return cls(
            n=drawn["n"],
            temperatures=tuple(drawn["temperatures"]),
            temperature_schedule=tuple(drawn.get("temperature_schedule", drawn["later"])),
            top_p=drawn["top_p"],
            top_k=drawn["top_k"],
            max_new_tokens=drawn["max_new_tokens"],
            batch_size=drawn["batch_size"],
            seed=drawn["seed"],
            until=Until(until),
            budget_s=known["budget"],
            repair_rounds=known["repair"],
            n_generated_tests=known["write_tests"],
            endpoint_style=EndpointStyle(known["endpoint_style"]),
            quantize=Quantize(known["quantize"]),
            time_limit_s=known["time_limit"],
            memory_limit_bytes=known["memory_limit"],
            output_limit_bytes=known["output_limit"],
            check=not known["no_check"],
            sandboxed=not known["unsafe"],
            **{name: known[name] for name in _V0_SAME},
        )


CHOICES: dict[str, type[Enum]] = {
    "until": Until,
    "endpoint_style": EndpointStyle,
    "quantize": Quantize,
}
"""The type of each field that is a closed set."""
_V0_DEFAULTS: dict[str, Any] = {
    "number": None,
    "temperature": None,
    "top_p": 0.95,
    "seed": 0,
    "max_new_tokens": 512,
    "batch_size": None,
    "until": None,
    "budget": None,
    "repair": 0,
    "write_tests": 0,
    "template": None,
    "model": None,
    "revision": None,
    "quantize": "none",
    "device": "auto",
    "dtype": "auto",
    "adapter": None,
    "trust_remote_code": False,
    "endpoint": None,
    "endpoint_style": "chat",
    "replay": None,
    "time_limit": None,
    "memory_limit": None,
    "output_limit": None,
    "strict_layout": False,
    "no_check": False,
    "unsafe": False,
}
_V0_SAMPLED = ("top_p", "max_new_tokens", "batch_size", "seed")
_V0_SAME = tuple(
    field.name
    for field in fields(SolveConfig)
    if field.name in _V0_DEFAULTS.keys() - CHOICES.keys() - {*_V0_SAMPLED}
)
"""Fields that gptcc 0.1 recorded under the same name, unchanged."""


def _v0_sampling(known: Mapping[str, Any]) -> dict[str, Any]:
    """Return how gptcc 0.1 drew candidates where a run did not record it."""
    chosen = known["temperature"]
    temperatures = [0.2, 0.4, 0.6, 0.8] if chosen is None else [*map(float, chosen.split(","))]
    n = known["number"]
    if n is None:
        n = 1_000_000 if known["budget"] is not None and any(temperatures) else 32
    return {
        "n": n,
        "temperatures": temperatures,
        "later": [0.4, 0.6, 0.8, 1.0] if chosen is None else [],
        "top_k": 64,
        **{name: known[name] for name in _V0_SAMPLED},
    }

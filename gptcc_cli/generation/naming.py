"""What a generator is called, for people."""

from gptcc_cli.models import LoadedModel, Quantize


def describe(loaded: LoadedModel) -> str:
    """Return the model and how it runs: ``gpt-neo-125M-apps@1a2b3c4, cpu, bfloat16``."""
    commit = f"@{loaded.found.commit[:7]}" if loaded.found.commit else ""
    quantize = "" if loaded.quantize is Quantize.NONE else f", {loaded.quantize.value}"
    return f"{loaded.found.name}{commit}, {loaded.device}, {loaded.dtype}{quantize}"

"""FoundModel -> LoadedModel: device, dtype, quantization, adapter, and the weights themselves.

``load`` is quick: it reads configuration and tokenizer, and decides. Weights are read when
``LoadedModel.weights()`` or ``LoadedModel.model`` asks for them.
"""

import functools
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gptcc_cli.errors import ModelError
from gptcc_cli.models import cache, checkpoint
from gptcc_cli.models.devices import choose_device, choose_dtype
from gptcc_cli.models.spec import FoundModel, LoadedModel, ModelSpec, Quantize
from gptcc_cli.models.tokenizer import Tokenizer, open_tokenizer


def load_tokenizer(found: FoundModel) -> Tokenizer:
    """Read the model's tokenizer; imports neither torch nor transformers where it can.

    Raises:
        ModelError: there is none, or its files are damaged.
    """
    return open_tokenizer(found.path, trust_remote_code=found.spec.trust_remote_code)


def load(found: FoundModel) -> LoadedModel:
    """Decide how a model runs here and make it ready.

    Raises:
        ModelError: the files are damaged or no causal language model, or this machine can't run
            it as asked.
        UsageError: the dtype or device asked for does not exist.
    """
    spec = found.spec
    check = cache.watch_for_damage(found.path, mend=_mend(found))
    config = checkpoint.read_config(found.path)
    if not checkpoint.weight_files(found.path):
        raise checkpoint.no_weights(found.path)
    _refuse_unasked_code(config, found)
    tokenizer = load_tokenizer(found)
    device, device_note = choose_device(spec.device)
    dtype, dtype_note = choose_dtype(spec.dtype, device)
    context, context_note = checkpoint.assumed_context_length(config)
    own = spec.quantize is Quantize.NONE and spec.adapter is None and not _has_code(config)
    return LoadedModel(
        found=found,
        tokenizer=tokenizer,
        config=config,
        device=device,
        dtype=dtype,
        quantize=spec.quantize,
        context_length=context,
        end_tokens=checkpoint.end_tokens(found.path, config) | tokenizer.end_tokens,
        weights=functools.partial(_read, found.path, config, dtype, check) if own else None,
        build=functools.cache(
            functools.partial(_build, found.path, check, spec=spec, device=device, dtype=dtype)
        ),
        notes=tuple(note for note in (device_note, dtype_note, context_note) if note),
    )


def _has_code(config: Mapping[str, Any]) -> bool:
    auto_map = config.get("auto_map")
    return isinstance(auto_map, dict) and "AutoModelForCausalLM" in auto_map


def _refuse_unasked_code(config: Mapping[str, Any], found: FoundModel) -> None:
    if not _has_code(config) or found.spec.trust_remote_code:
        return
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING_NAMES

    if config.get("model_type") not in CONFIG_MAPPING_NAMES:
        raise ModelError(
            f"{found.name} brings Python code of its own, which gptcc does not run unasked",
            hint="read that code, then add --trust-remote-code",
        )


def _mend(found: FoundModel) -> str:
    if found.embedded:
        return "gptcc models pull embedded"
    return f"gptcc models pull --force {found.spec.name}"


def _read(
    path: Path, config: Mapping[str, Any], dtype: str, check: Callable[[], None]
) -> dict[str, Any]:
    check()
    return checkpoint.read_weights(path, dtype=dtype, model_type=str(config.get("model_type", "")))


def _build(
    path: Path, check: Callable[[], None], *, spec: ModelSpec, device: str, dtype: str
) -> Any:
    check()
    import torch
    import transformers
    from safetensors import SafetensorError

    transformers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    try:
        model, facts = transformers.AutoModelForCausalLM.from_pretrained(
            path,
            dtype=getattr(torch, dtype),
            local_files_only=True,
            trust_remote_code=spec.trust_remote_code,
            output_loading_info=True,
        )
    except (MemoryError, torch.OutOfMemoryError) as error:
        raise _out_of_memory(path, device) from error
    except (
        SafetensorError,
        OSError,
        EOFError,
        ValueError,
        RuntimeError,
        KeyError,
        pickle.UnpicklingError,
    ) as error:
        raise _explain(error, path, device) from error
    missing = sorted(facts["missing_keys"])
    if missing:  # transformers would fill them with random numbers
        raise checkpoint.damaged(path, f"{len(missing)} tensors are missing, such as {missing[0]}")
    return model.to(device).eval()


def _explain(error: Exception, path: Path, device: str) -> ModelError:
    text = str(error)
    if "allocate memory" in text or "out of memory" in text.lower():
        return _out_of_memory(path, device)
    if "Unrecognized configuration class" in text or "model type" in text:
        return ModelError(
            f"{path} is no causal language model that transformers knows",
            hint="choose a model for text generation",
        )
    return checkpoint.damaged(path, error)


def _out_of_memory(path: Path, device: str) -> ModelError:
    size = checkpoint.weight_bytes(path) / 1e9
    return ModelError(
        f"not enough memory on {device} for {path} ({size:.1f} GB of weights)",
        hint="use --quantize 8bit or 4bit, another --device, or a smaller model",
    )

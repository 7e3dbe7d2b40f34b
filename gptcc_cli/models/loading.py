"""FoundModel -> LoadedModel: device, dtype, quantization, adapter, and the weights themselves.

``load`` is quick: it reads configuration and tokenizer, and decides. Weights are read when
``LoadedModel.weights()`` or ``LoadedModel.model`` asks for them.
"""

import functools
import logging
import os
import pickle
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gptcc_cli.errors import ModelError
from gptcc_cli.models import cache, checkpoint, lora
from gptcc_cli.models.devices import choose_device, choose_dtype, choose_quantization
from gptcc_cli.models.spec import FoundModel, LoadedModel, Quantize
from gptcc_cli.models.tokenizer import Tokenizer, open_tokenizer
from gptcc_cli.models.torch_runtime import start_torch


@dataclass(frozen=True, slots=True, kw_only=True)
class _BuildPlan:
    """How a model is to be built: every choice already made."""

    path: Path
    dtype: str
    device: str
    quantize: Quantize
    adapter: Path | None
    trust_remote_code: bool


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
    check = cache.watch_for_damage(found.path, command=_repair_command(found))
    config = checkpoint.read_config(found.path)
    if not checkpoint.weight_files(found.path):
        raise checkpoint.no_weights(found.path)
    _refuse_unasked_code(config, found)
    if found.adapter is not None:
        lora.refuse_lossy(found.adapter)
    tokenizer = load_tokenizer(found)
    start_torch()
    device, device_note = choose_device(spec.device)
    dtype, dtype_note = choose_dtype(spec.dtype, device)
    context, context_note = checkpoint.assumed_context_length(config)
    quantize, quantize_note = choose_quantization(
        spec.quantize,
        n_parameters=checkpoint.count_parameters(found.path),
        dtype=dtype,
        device=device,
    )
    built = functools.cache(
        functools.partial(
            _build_model,
            check,
            _BuildPlan(
                path=found.path,
                dtype=dtype,
                device=device,
                quantize=quantize,
                adapter=found.adapter,
                trust_remote_code=spec.trust_remote_code,
            ),
        )
    )
    return LoadedModel(
        found=found,
        tokenizer=tokenizer,
        config=config,
        device=device,
        dtype=dtype,
        quantize=quantize,
        context_length=context,
        end_tokens=checkpoint.end_tokens(found.path, config) | tokenizer.end_tokens,
        weights=_weights(found, config, dtype, quantize, check, built),
        build=built,
        notes=tuple(
            note for note in (device_note, dtype_note, quantize_note, context_note) if note
        ),
    )


def _has_code(config: Mapping[str, Any]) -> bool:
    auto_map = config.get("auto_map")
    return isinstance(auto_map, dict) and "AutoModelForCausalLM" in auto_map


def _refuse_unasked_code(config: Mapping[str, Any], found: FoundModel) -> None:
    if not _has_code(config) or found.spec.trust_remote_code:
        return
    start_torch()
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING_NAMES

    if config.get("model_type") not in CONFIG_MAPPING_NAMES:
        raise ModelError(
            f"{found.name} brings Python code of its own, which gptcc does not run unasked",
            hint="read that code, then add --trust-remote-code",
        )


def _repair_command(found: FoundModel) -> str:
    if found.embedded:
        return "gptcc models pull embedded"
    return f"gptcc models pull --force {found.spec.name}"


def _weights(
    found: FoundModel,
    config: Mapping[str, Any],
    dtype: str,
    quantize: Quantize,
    check: Callable[[], None],
    built: Callable[[], Any],
) -> Callable[[], Mapping[str, Any]] | None:
    if quantize is not Quantize.NONE or _has_code(config):
        return None
    adapter = found.adapter
    if adapter is not None and lora.why_peft(adapter) is not None:
        return lambda: dict(built().state_dict())  # with the adapter, merged where it can be

    def read() -> Mapping[str, Any]:
        check()
        model_type = str(config.get("model_type", ""))
        tensors = checkpoint.read_weights(found.path, dtype=dtype, model_type=model_type)
        if adapter is not None:
            with _adapter_errors(adapter):
                lora.merge(tensors, adapter)
        return tensors

    return read


def _build_model(check: Callable[[], None], plan: _BuildPlan) -> Any:
    """Build the model, in evaluation mode.

    Raises:
        ModelError: the files are damaged, are no causal language model, or do not fit; or
            quantization is not possible here.
    """
    check()
    model = _from_files(plan)
    if plan.adapter is not None:
        model = _adapted(model, plan)
    if plan.quantize is Quantize.NONE:
        model = _moved(model, plan)
    return model.eval()


def _from_files(plan: _BuildPlan) -> Any:
    import torch
    import transformers
    from safetensors import SafetensorError

    # transformers would otherwise ask the hub to convert .bin files, from a thread of its own.
    os.environ.setdefault("DISABLE_SAFETENSORS_CONVERSION", "1")
    transformers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    try:
        model, facts = transformers.AutoModelForCausalLM.from_pretrained(
            plan.path,
            dtype=getattr(torch, plan.dtype),
            local_files_only=True,
            trust_remote_code=plan.trust_remote_code,
            output_loading_info=True,
            **_quantized(plan),
        )
    except (MemoryError, torch.OutOfMemoryError) as error:
        raise _out_of_memory(plan) from error
    except (
        SafetensorError,
        OSError,
        EOFError,
        ValueError,
        RuntimeError,
        KeyError,
        ImportError,
        NotImplementedError,
        pickle.UnpicklingError,
    ) as error:
        raise _explain(error, plan) from error
    missing = sorted(facts["missing_keys"])
    if missing:  # transformers would fill them with random numbers
        raise checkpoint.damaged(
            plan.path, f"{len(missing)} tensors are missing, such as {missing[0]}"
        )
    return model


def _quantized(plan: _BuildPlan) -> dict[str, Any]:
    if plan.quantize is Quantize.NONE:
        return {}
    import torch
    from transformers import BitsAndBytesConfig

    # It would say of each product that it is computed in float16, and what else it looked for.
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    try:
        import bitsandbytes  # noqa: F401 - only to see whether it is there
    except (ImportError, OSError, RuntimeError) as error:
        raise ModelError(
            f"--quantize {plan.quantize.value} needs bitsandbytes, which does not work here: "
            f"{checkpoint.first_line(error)}",
            hint="pip install bitsandbytes, or use --quantize none",
        ) from error
    if plan.quantize is Quantize.EIGHT_BIT:
        settings = BitsAndBytesConfig(load_in_8bit=True)
    else:
        settings = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=getattr(torch, plan.dtype),
        )
    return {"quantization_config": settings, "device_map": {"": plan.device}}


def _adapted(model: Any, plan: _BuildPlan) -> Any:
    assert plan.adapter is not None
    reason = lora.why_peft(plan.adapter)
    if plan.quantize is Quantize.NONE and reason is None:
        with _adapter_errors(plan.adapter):
            merged = dict(model.state_dict())
            lora.merge(merged, plan.adapter)
            model.load_state_dict(merged)
        return model
    try:
        from peft import PeftModel
    except ImportError as error:
        why = reason or f"the weights are in {plan.quantize.value}"
        raise ModelError(
            f"the adapter {plan.adapter} needs peft, which is not installed: {why}",
            hint="pip install 'gptcc[lora]'",
        ) from error
    with _adapter_errors(plan.adapter), warnings.catch_warnings():
        # peft asks transformers for properties by their old names: nothing a user can fix.
        warnings.simplefilter("ignore", FutureWarning)
        adapted = PeftModel.from_pretrained(model, str(plan.adapter), is_trainable=False)
        if plan.quantize is Quantize.NONE and _can_merge(adapted):
            return adapted.merge_and_unload()
        return adapted


def _can_merge(adapted: Any) -> bool:
    """Tell whether merging leaves the outputs of a model with an adapter as they are.

    A weight that several modules share (a tied head, a layer that is replicated) can't take up
    the adapter of one of them, a layer without a bias can't take up one, and an adapter that
    acts on some tokens only can't be merged at all. Quantized weights would lose some of it.
    """
    config = adapted.peft_config[adapted.active_adapter]
    if getattr(config, "lora_bias", False) or getattr(config, "alora_invocation_tokens", None):
        return False
    owners: dict[int, int] = {}
    adapted_weights = set()
    for module in adapted.modules():
        base = getattr(module, "base_layer", None)
        if base is not None and hasattr(base, "weight"):
            adapted_weights.add(base.weight.data_ptr())
        weight = module._parameters.get("weight")
        if weight is not None:
            owners[weight.data_ptr()] = owners.get(weight.data_ptr(), 0) + 1
    return all(owners[address] == 1 for address in adapted_weights if address in owners)


@contextmanager
def _adapter_errors(adapter: Path) -> Iterator[None]:
    """Turn what goes wrong with an adapter's files into one sentence.

    Raises:
        ModelError: they do not fit the model, or are damaged.
    """
    from safetensors import SafetensorError

    try:
        yield
    except (
        SafetensorError,
        OSError,
        ValueError,
        RuntimeError,
        KeyError,
        TypeError,
        pickle.UnpicklingError,
    ) as error:
        raise ModelError(
            f"the adapter {adapter} does not fit this model, or is damaged: "
            f"{checkpoint.first_line(error)}",
            hint="an adapter belongs to the model it was trained on: name that one with -m",
        ) from error


def _moved(model: Any, plan: _BuildPlan) -> Any:
    import torch

    try:
        return model.to(plan.device)
    except (MemoryError, torch.OutOfMemoryError) as error:
        raise _out_of_memory(plan) from error
    except RuntimeError as error:
        raise _explain(error, plan) from error


def _explain(error: Exception, plan: _BuildPlan) -> ModelError:
    text = str(error)
    if "allocate memory" in text or "out of memory" in text.lower():
        return _out_of_memory(plan)
    if "Unrecognized configuration class" in text or "model type" in text:
        return ModelError(
            f"{plan.path} is no causal language model that transformers knows",
            hint="choose a model for text generation",
        )
    if plan.quantize is not Quantize.NONE and not isinstance(error, OSError):
        return ModelError(
            f"--quantize {plan.quantize.value} is not possible here: "
            f"{checkpoint.first_line(error)}",
            hint="use --quantize none, or another --device",
        )
    return checkpoint.damaged(plan.path, error)


def _out_of_memory(plan: _BuildPlan) -> ModelError:
    size = checkpoint.weight_bytes(plan.path) / 1e9
    return ModelError(
        f"not enough memory on {plan.device} for {plan.path} ({size:.1f} GB of weights)",
        hint="use --quantize 8bit or 4bit, another --device, or a smaller model",
    )

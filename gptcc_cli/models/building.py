"""Files -> the transformers model: quantized by bitsandbytes, adapted by peft, on its device.

Every way this can fail for a user's reasons becomes one ``ModelError``.
"""

import logging
import os
import pickle
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gptcc_cli.errors import ModelError
from gptcc_cli.models import checkpoint, lora
from gptcc_cli.models.spec import Quantize


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a model is to be built: every choice already made."""

    path: Path
    dtype: str
    device: str
    quantize: Quantize
    adapter: Path | None
    trust_remote_code: bool


def build(plan: Plan) -> Any:
    """Build the model, in evaluation mode.

    Raises:
        ModelError: the files are damaged, are no causal language model, or do not fit; or
            quantization is not possible here.
    """
    model = _from_files(plan)
    if plan.adapter is not None:
        model = _adapted(model, plan)
    if plan.quantize is Quantize.NONE:
        model = _moved(model, plan)
    return model.eval()


def _from_files(plan: Plan) -> Any:
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


def _quantized(plan: Plan) -> dict[str, Any]:
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


def _adapted(model: Any, plan: Plan) -> Any:
    assert plan.adapter is not None
    reason = lora.why_peft(plan.adapter)
    if plan.quantize is Quantize.NONE and reason is None:
        with adapter_errors(plan.adapter):
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
    with adapter_errors(plan.adapter), warnings.catch_warnings():
        # peft asks transformers for properties by their old names: nothing a user can mend.
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
def adapter_errors(adapter: Path) -> Iterator[None]:
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


def _moved(model: Any, plan: Plan) -> Any:
    import torch

    try:
        return model.to(plan.device)
    except (MemoryError, torch.OutOfMemoryError) as error:
        raise _out_of_memory(plan) from error
    except RuntimeError as error:
        raise _explain(error, plan) from error


def _explain(error: Exception, plan: Plan) -> ModelError:
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


def _out_of_memory(plan: Plan) -> ModelError:
    size = checkpoint.weight_bytes(plan.path) / 1e9
    return ModelError(
        f"not enough memory on {plan.device} for {plan.path} ({size:.1f} GB of weights)",
        hint="use --quantize 8bit or 4bit, another --device, or a smaller model",
    )

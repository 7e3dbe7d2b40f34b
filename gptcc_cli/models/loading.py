"""FoundModel -> LoadedModel: device, dtype, quantization, adapter, and the weights themselves.

``load`` is quick: it reads configuration and tokenizer, and decides. Weights are read when
``LoadedModel.weights()`` or ``LoadedModel.model`` asks for them.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any

from gptcc_cli.errors import ModelError
from gptcc_cli.models import cache, checkpoint, lora
from gptcc_cli.models.building import Plan, adapter_errors, build
from gptcc_cli.models.devices import choose_device, choose_dtype
from gptcc_cli.models.memory import choose_quantization
from gptcc_cli.models.spec import FoundModel, LoadedModel, Quantize
from gptcc_cli.models.tokenizer import Tokenizer, open_tokenizer
from gptcc_cli.models.torch_runtime import start_torch


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
            _build,
            check,
            Plan(
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


def _mend(found: FoundModel) -> str:
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
            with adapter_errors(adapter):
                lora.merge(tensors, adapter)
        return tensors

    return read


def _build(check: Callable[[], None], plan: Plan) -> Any:
    check()
    return build(plan)

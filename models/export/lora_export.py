"""
A LoRA as PEFT saves it, as a GGUF that is loaded beside the GGUF of its weights.

    python3 models/export/lora_export.py ADAPTER_FOLDER WEIGHTS_FOLDER adapter.gguf [--type f16|f32]
"""
import argparse
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from export.gguf_export import interleave, language_tensors  # noqa: E402
from export.gguf_writer import F16, F32, GgufWriter  # noqa: E402
from reference.checkpoints import LlamaFolder  # noqa: E402
from reference.lora import Adapter  # noqa: E402
from reference.weight_files import CheckpointError  # noqa: E402

TYPES = {"f32": F32, "f16": F16}


def start_adapter(name, alpha):
    """A writer with what libllama asks of every LoRA."""
    w = GgufWriter()
    for key, value in (("general.architecture", "llama"), ("general.type", "adapter"), ("general.name", name), ("adapter.type", "lora")):
        w.string(key, value)
    w.float("adapter.lora.alpha", alpha)
    return w


def export_adapter(adapter, config, path, kind="f16", name="adapter"):
    """adapter: Adapter, on weights of this LlamaConfig. Raises CheckpointError for one of other weights."""
    tables = {f"{key}.weight": (gguf, shape, rotary) for gguf, key, shape, rotary in language_tensors(config) if len(shape) > 1}
    unknown = sorted(adapter.keys - {key for key in tables if not key.startswith("model.embed_tokens")})
    if unknown:
        raise CheckpointError(f"{unknown[0]} has an adapter, but a LLaMA has no such matrix.")
    # libllama divides by the rank of each tensor.
    w = start_adapter(name, adapter.scale * adapter.rank)
    for key, (gguf, shape, rotary) in tables.items():
        if key not in adapter.keys:
            continue
        a, b = (half.numpy() for half in adapter.halves(key, shape))
        w.tensor(f"{gguf}.weight.lora_a", a.shape, TYPES[kind], lambda a=a: a)
        w.tensor(f"{gguf}.weight.lora_b", b.shape, TYPES[kind], lambda b=b, rotary=rotary: interleave(b, config.heads) if rotary else b)
    w.write(path)


def main():
    a = argparse.ArgumentParser()
    for name in ("adapter", "weights", "out"):
        a.add_argument(name)
    a.add_argument("--type", choices=TYPES, default="f16")
    o = a.parse_args()
    try:
        export_adapter(Adapter(o.adapter), LlamaFolder(o.weights).config, o.out, o.type, os.path.basename(os.path.normpath(o.adapter)))
    except CheckpointError as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()

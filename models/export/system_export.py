"""Writes the model folder of a companion system: graphs, GGUF, manifest."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from export.export_mini import describe_files, write_manifest  # noqa: E402
from export.gguf_export import export_language  # noqa: E402
from export.lora_export import export_adapter  # noqa: E402
from export.onnx_builder import OnnxBuilder  # noqa: E402


def write_graph(out, name, build, half, identity):
    """
    One graph as {variant: file name} and their companions. `build(builder)` -> model. half: weights in float16 in a data
    file, for GPUs and, computed with in float32, for CPUs; else one float32 file.
    """
    at = lambda file: os.path.join(out, file)
    kinds = {"fp16": True, "fp16-cpu": "stored"} if half else {"fp32": False}
    variants, data = {}, f"{name}.fp16.data" if half else None
    for i, (variant, kind) in enumerate(kinds.items()):
        variants[variant] = f"{name}.{variant}.onnx"
        builder = OnnxBuilder(kind, at(data) if data else None, write=i == 0)
        with open(at(variants[variant]), "wb") as f:
            f.write(build(builder, identity["id"]).SerializeToString())
    return variants, data


def export_system(out, graphs, llama, manifest, half=True, kind="q4_0", note=print, adapters=(), write=export_language, others=None):
    """
    graphs: {"encoder", "image", "audio" or "prefix": build}. llama: (LlamaConfig, get(key) -> array, vocabulary). manifest: all that does not
    depend on the files; `encoder` holds `input` and `output`, and `image` and `audio` in it what they say beside their variants.
    adapters: LoRAs that are loaded beside the language side. write: makes the GGUF. others: {key: name} of more files in `out`.
    """
    os.makedirs(out, exist_ok=True)
    names, companions, chosen = {}, {}, {}
    for part, build in graphs.items():
        note(f"graph: {part}")
        variants, data = write_graph(out, {"encoder": "vision"}.get(part, part), build, half, manifest)
        keys = {variant: f"{part}-{variant}" for variant in variants}
        names.update({keys[variant]: file for variant, file in variants.items()})
        if data:
            names[f"{part}-data"] = data
            companions.update({key: [f"{part}-data"] for key in keys.values()})
        chosen[part] = {"variants": keys, "default": "fp16-cpu" if half else "fp32"}
    note("language side")
    config, get, vocabulary = llama
    language = f"language.{kind}.gguf"
    write(config, get, vocabulary, os.path.join(out, language), kind, manifest["id"], manifest["licence"])
    names["language-" + kind] = language
    for i, adapter in enumerate(adapters):
        names[f"adapter-{i + 1}"] = f"adapter-{i + 1}.gguf"
        export_adapter(adapter, config, os.path.join(out, f"adapter-{i + 1}.gguf"), "f32" if kind == "f32" else "f16", f"{manifest['id']} {i + 1}")
    names.update(others or {})
    note("hashes")
    files = describe_files(out, names)
    for key, value in companions.items():
        files[key]["companions"] = value
    encoder = {**manifest["encoder"], **chosen["encoder"]}
    if "image" in graphs:
        encoder["image"] = {**encoder["image"], **chosen["image"]}
    parts = {part: {**manifest[part], **chosen[part]} for part in ("audio", "prefix") if part in graphs}
    made = {"$schema": "../manifest.schema.json", "schemaVersion": 1, **manifest, "files": files, "encoder": encoder, **parts,
            "language": {"variants": {kind: "language-" + kind}, "default": kind, "contextLength": config.context,
                         **({"adapters": [{"file": f"adapter-{i + 1}"} for i in range(len(adapters))]} if adapters else {})}}
    write_manifest(out, made)
    return made

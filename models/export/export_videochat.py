"""
Exports the real VideoChat from its original files, layer by layer; about 10 GB of memory for the 7B.

    python3 models/export/export_videochat.py --eva eva_vit_g.pth --blip2 blip2_pretrained_flant5xxl.pth \\
        --videochat videochat_7b.pth --vicuna vicuna-7b-v0 --out DIR [--type q4_0]

DIR becomes a model folder: the server finds it in its models folder or under `--model DIR`.
"""
import argparse
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from export.export_mini import build_manifest, describe_files, write_manifest  # noqa: E402
from export.gguf_export import TYPES, export_language  # noqa: E402
from export.onnx_export import export_vision  # noqa: E402


def export_all(config, get, get_language, vocabulary, out, kind="q4_0", note=print, **identity):
    """
    Writes vision.fp16.onnx (GPU) and vision.fp16.cpu.onnx over one vision.fp16.data, language.KIND.gguf and manifest.json. get, get_language: key -> array.
    identity: id, name, description, version, licence, demonstration.
    """
    os.makedirs(out, exist_ok=True)
    vision, stored, data, language = "vision.fp16.onnx", "vision.fp16.cpu.onnx", "vision.fp16.data", f"language.{kind}.gguf"
    at = lambda name: os.path.join(out, name)
    note("visual side")
    export_vision(config, get, at(vision), True, at(data), identity["id"])
    # The same weights, computed with in float32: what a CPU wants.
    export_vision(config, get, at(stored), "stored", at(data), identity["id"], write=False)
    note("language side")
    export_language(config.llama, get_language, vocabulary, at(language), kind, identity["id"], identity["licence"])
    note("hashes")
    files = describe_files(out, {"vision-fp16": vision, "vision-fp16-cpu": stored, "vision-fp16-data": data, "language-" + kind: language})
    for key in ("vision-fp16", "vision-fp16-cpu"):
        files[key]["companions"] = ["vision-fp16-data"]
    write_manifest(out, build_manifest(
        config, files, **identity, encoder={"variants": {"fp16": "vision-fp16", "fp16-cpu": "vision-fp16-cpu"}, "default": "fp16-cpu"},
        language={"variants": {kind: "language-" + kind}, "default": kind},
        stop_ids=[[835], [2277, 29937]], sampling={"temperature": 1, "topP": 0.9, "maxTokens": 1000}))


def main():
    from reference.checkpoints import assemble
    from reference.config import full_size
    from reference.weight_files import CheckpointError
    a = argparse.ArgumentParser()
    for name in ("eva", "blip2", "videochat", "vicuna", "out"):
        a.add_argument("--" + name, required=True)
    a.add_argument("--type", choices=TYPES, default="q4_0")
    a.add_argument("--id", default="videochat-7b")
    o = a.parse_args()
    try:
        made = assemble(full_size(), o.eva, o.blip2, o.videochat, o.vicuna)
        print(made.report())
        export_all(made.config, made.get, made.folder.get, made.folder.vocabulary(), o.out, o.type, id=o.id, name="VideoChat 7B",
                   description="VideoChat-Embed of arXiv 2305.06355, from the original files.", version="1.0.0",
                   licence="LLaMA-1 (research only); VideoChat MIT", demonstration=False)
    except CheckpointError as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
